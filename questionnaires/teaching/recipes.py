"""Sentences as they stand in regulations, what to write for each, a figure worked by hand: from `docs/recipes` to a page.

The sentences are typical, not copied from anywhere. `make reference` writes the page; tests load and count every recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from questionnaires.language.nodes import Node, read

HOME = Path(__file__).parents[2] / "docs" / "recipes"
PAGE = HOME.parent / "recipes.md"
HEAD = """<!-- made from docs/recipes by `make reference`; do not edit by hand -->
# 原文这样说，就这样写 · The source says … → write …

{many} 句办法里常见的话，每句下面是要写的几行，再下面是用小例子手算的结果；程序按同样的例子算过，不一样测试就不通过。
每段放进最后的方案文件里就能算；名称换成您自己的。一句话有几种理解的（弃权算不算、正好三分之一算不算、并列怎么排），几种都在这里，请对着原文挑。

{many} sentences as regulations have them, the lines to write, and a figure worked by hand in a small example; a test counts each
again. A fragment goes into the file at the end of the page. Where a sentence can be meant in several ways, each has its recipe.
"""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One sentence of a regulation. `write` is the part of a file; `case` the worked case that it is counted by."""

    sentence: str
    english: str
    write: str
    world: str
    working: str
    results: str
    verdicts: str

    def case(self, worlds: Mapping[str, str]) -> str:
        """The recipe's case as `examples.yml` has it."""
        first = (self.results or self.write.partition("{")[2]).partition(":")[0].partition(" @ ")[0].strip()
        rule = first if self.results else f"填写要求.{first}"
        lines = [f"- 名称: {first}", f"  规则: [{rule}]", *(f"  {line}" for line in worlds[self.world].splitlines())]
        lines += [f"  算: '{self.working}'"]
        lines += ["  结果:", *(f"    {line}" for line in self.results.splitlines())] if self.results else []
        lines += [f"  {line}" for line in self.verdicts.splitlines()]
        return "案例:\n" + "\n".join(f"  {line}" for line in lines) + "\n"


@dataclass(frozen=True)
class Chapter:
    """Recipes of one kind."""

    title: str
    english: str
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True)
class Cookbook:
    """All recipes; `whole` is the file they go into, `worlds` the small evidence by name."""

    whole: str
    worlds: Mapping[str, str]
    chapters: tuple[Chapter, ...]


def cookbook() -> Cookbook:
    """The recipes as they stand in the files. KeyError where one lacks a part."""
    base = _map(_root(HOME / "whole.yml"))
    worlds = {key.text: value.text for key, value in base["材料"].pairs}
    files = sorted(path for path in HOME.glob("*.yml") if path.name != "whole.yml")
    return Cookbook(base["方案文件"].text, worlds, tuple(_chapter(_map(_root(path))) for path in files))


def _root(path: Path) -> Node:
    return read(path.read_text(encoding="utf-8"), path.name)[0]


def _map(node: Node) -> dict[str, Node]:
    return {key.text: value for key, value in node.pairs}


def _chapter(parts: dict[str, Node]) -> Chapter:
    return Chapter(parts["标题"].text, parts["英文标题"].text, tuple(_recipe(_map(one)) for one in parts["句子"].entries))


def _recipe(parts: dict[str, Node]) -> Recipe:
    def text(name: str) -> str:
        return parts[name].text.strip() if name in parts else ""

    return Recipe(
        sentence=parts["原文"].text,
        english=parts["英文"].text,
        write=parts["写"].text.strip(),
        world=parts["材料"].text,
        working=parts["算"].text,
        results=text("结果"),
        verdicts=text("查"),
    )


def page(book: Cookbook) -> str:
    """The recipes as Markdown."""
    lines = [HEAD.format(many=sum(len(chapter.recipes) for chapter in book.chapters))]
    number = 0
    for chapter in book.chapters:
        lines += [f"## {chapter.title} · {chapter.english}", ""]
        for one in chapter.recipes:
            number += 1
            lines += [f"**{number}. {one.sentence}**  ", one.english, "", "```yaml", *one.write.splitlines(), "```", ""]
            figures = "；".join(one.results.splitlines()) or "；".join(one.verdicts.splitlines())
            lines += [f"{one.world}：{one.working}。 → `{figures}`", ""]
    lines += ["## 放进哪个文件 · The file they go into", "", "```yaml", *book.whole.strip().splitlines(), "```", ""]
    for name, world in book.worlds.items():
        lines += [f"### {name}", "", "```yaml", *world.strip().splitlines(), "```", ""]
    return "\n".join(lines)
