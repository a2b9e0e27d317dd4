// The part of ECharts that our pages use: a heat map and dots, drawn on a canvas, which asks for no style in the page.
import { init, use } from "echarts/core";
import { HeatmapChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([HeatmapChart, ScatterChart, DataZoomComponent, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);
window.echarts = { init };
