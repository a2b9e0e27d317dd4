"""Every page a voter may meet, reached as a voter reaches it: one server, a few villages, a scene by name.

What is done with a scene (a picture, axe, a measure) is the business of whoever plays it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from survey_app.services.sealing import tokens
from tests.towns.small_scheme import Town
from tests.towns.villages import Villages

#: Marks of the five officials: one excellent, as many as may be; and two, one too many. Place 1 is the number of the first.
GOOD, TOO_MANY = (1, 0, 2, 2, 3, 4), (1, 0, 1, 2, 3, 4)
IN_APP = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0.4240.99 Mobile Safari/537.36 MicroMessenger/8.0.2"
NO_SHELF = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } });"
#: What a page is dressed in, one theme after the other, without being walked to again.
THEMES = ("light", "dark", "zoomed", "large", "contrast", "forced")


@dataclass(frozen=True)
class Visitor:
    """Somebody with a phone, speaking one language."""

    villages: Villages
    page: Page
    language: str

    def open(self, path: str, fragment: str = "") -> Page:
        """An address of the server in the visitor's language."""
        self.page.goto(f"{self.villages.base}{path}?lang={self.language}{fragment}")
        return self.page

    def scan(self, town: Town, number: int = 0) -> Page:
        """A villager's form, by the code of a slip."""
        return self.open(f"/v/{town.guests}", f"#{tokens.secret_text(town.slips[number][0])}")

    def fill(self, marks: tuple[int, ...] = GOOD) -> None:
        """These grades, as taps."""
        for place, mark in enumerate(marks):
            if mark:
                self.page.locator(f"input[name=m{place}][value='{mark}']").evaluate("input => input.click()")

    def review(self) -> None:
        self.page.locator("button[value=review]").click()

    def send(self) -> None:
        """Confirm what stands on the review page, the one made on the phone or the server's."""
        self.page.locator("[data-send]:visible, button[value=send]:visible").click()

    def without_script(self) -> None:
        """From now on no script of ours arrives."""
        self.page.route("**/*.js", lambda route: route.abort())

    def cast(self) -> int:
        """A ballot on a fresh slip, up to its receipt; the slip's number."""
        number = next(self.villages.slips)
        self.scan(self.villages.town, number)
        self.fill()
        self.review()
        self.send()
        expect(self.page.locator("[data-receipt]")).to_be_visible()
        return number

    def sign(self, marks: tuple[int, ...]) -> None:
        """A town leader's form, filled, named and drawn on, up to its review."""
        self.open(f"/v/{self.villages.town.members}", f"#{tokens.secret_text(self.villages.town.links[0][0])}")
        self.fill(marks)
        self.page.fill("#name", "王1")
        self.page.locator("canvas").scroll_into_view_if_needed()
        canvas = self.page.locator("canvas").bounding_box()
        assert canvas
        self.page.mouse.move(canvas["x"] + 30, canvas["y"] + 40)
        self.page.mouse.down()
        self.page.mouse.move(canvas["x"] + 120, canvas["y"] + 70, steps=5)
        self.page.mouse.up()
        self.review()
        expect(self.page.locator("form[data-review]")).to_be_visible()


def _form(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)


def _form_typed(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.town.guests}")
    visitor.page.locator(".intro summary").click()


def _form_by_subject(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.page.locator(".views input[value=subject]").check(force=True)


def _form_by_item(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.page.locator(".views input[value=item]").check(force=True)


def _form_limit_reached(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.fill((1, 0, 2))
    visitor.page.locator(".limits summary:visible").click()


def _form_jump_list(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.fill((1, 0, 2))
    visitor.page.locator(".jump summary").click()


def _form_incomplete(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.town.guests}")
    visitor.fill((1,))
    visitor.review()


def _form_refused(visitor: Visitor) -> None:
    """The server's own refusal, as it looks where no script runs."""
    visitor.without_script()
    visitor.open(f"/v/{visitor.villages.town.guests}")
    visitor.fill((1,))
    visitor.page.fill("input[name=n1]", "101")
    visitor.page.fill("#alias", "ABC")
    visitor.review()
    expect(visitor.page.locator("#summary")).to_be_visible()


def _form_restored(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.fill((1,))
    visitor.page.reload()
    expect(visitor.page.locator(".restored")).to_be_visible()


def _form_of_other_kinds(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.kinds)
    visitor.page.locator(".rank:visible").nth(1).click()
    visitor.page.locator("#f2 .step").last.click()


def _form_in_app(visitor: Visitor) -> None:
    visitor.page.context.add_init_script(f"Object.defineProperty(navigator, 'userAgent', {{ value: '{IN_APP}' }}); {NO_SHELF}")
    visitor.scan(visitor.villages.town)
    expect(visitor.page.locator(".in-app")).to_be_visible()


def _form_no_shelf(visitor: Visitor) -> None:
    visitor.page.context.add_init_script(NO_SHELF)
    visitor.scan(visitor.villages.town)
    expect(visitor.page.locator(".no-shelf")).to_be_visible()


def _review(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.fill()
    visitor.review()
    visitor.page.locator(".local .by-grade summary").click()


def _not_sent_yet(visitor: Visitor) -> None:
    visitor.scan(visitor.villages.town)
    visitor.fill()
    visitor.review()
    visitor.page.context.set_offline(True)
    visitor.send()
    expect(visitor.page.locator(".unsent")).to_have_css("display", "block")
    visitor.page.wait_for_selector(".local [data-send]:enabled")


def _receipt(visitor: Visitor) -> None:
    visitor.cast()


def _slip_used(visitor: Visitor) -> None:
    number = visitor.cast()
    visitor.without_script()
    visitor.open(f"/v/{visitor.villages.town.guests}")
    visitor.page.fill("#alias", str(visitor.villages.town.slips[number][1]))
    visitor.fill()
    visitor.review()
    expect(visitor.page.locator("[data-stop] .receipt-code")).to_be_visible()


def _signed_form(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.town.members}", f"#{tokens.secret_text(visitor.villages.town.links[1][0])}")


def _signed_review(visitor: Visitor) -> None:
    visitor.sign((1, 1, 2, 2, 3))


def _signed_copy(visitor: Visitor) -> None:
    visitor.sign((1, 1, 2, 3, 4))
    visitor.send()
    expect(visitor.page.locator("[data-receipt]")).to_be_visible()


def _copy_to_check(visitor: Visitor) -> None:
    visitor.open("/copy")


def _copy_checked(visitor: Visitor) -> None:
    _signed_copy(visitor)
    text = visitor.page.locator("textarea[name=text]").input_value()
    visitor.open("/copy")
    visitor.page.locator("form.lookup summary").click()
    visitor.page.fill("#text", text)
    visitor.page.click("form.lookup .primary")
    expect(visitor.page.locator(".found")).to_be_visible()


def _own_form_read(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.closed.members}", f"#{tokens.secret_text(visitor.villages.closed.links[0][0])}")
    visitor.page.click("form.lookup .primary")
    expect(visitor.page.locator(".readings")).to_be_visible()


def _not_begun(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.draft.guests}")


def _closed(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.closed.guests}")


def _look_up(visitor: Visitor) -> None:
    visitor.open("/r")


def _asked(visitor: Visitor, code: str) -> None:
    visitor.open("/r")
    visitor.page.fill("#code", code)
    visitor.page.click("form.lookup .primary")


def _found(visitor: Visitor) -> None:
    visitor.cast()
    _asked(visitor, visitor.page.locator(".receipt-code").inner_text())
    expect(visitor.page.locator(".found")).to_be_visible()


def _not_found(visitor: Visitor) -> None:
    _asked(visitor, "00000-00000-00000-00000")


def _mistyped(visitor: Visitor) -> None:
    _asked(visitor, "ABC")


def _hall(visitor: Visitor) -> None:
    visitor.open(f"/v/{visitor.villages.hall}/room")


def _in_the_hall(visitor: Visitor, code: str) -> None:
    _hall(visitor)
    visitor.page.fill("#code", code)
    visitor.page.click("form.lookup .primary")


def _hall_wrong_code(visitor: Visitor) -> None:
    _in_the_hall(visitor, "000-000")


def _hall_taken(visitor: Visitor) -> None:
    _in_the_hall(visitor, visitor.villages.wall_code())
    expect(visitor.page.locator(".found")).to_be_visible()


def _log(visitor: Visitor) -> None:
    visitor.open(f"/log/{visitor.villages.closed.key}/")


def _log_answer(visitor: Visitor) -> None:
    _log(visitor)
    visitor.page.fill("#code", "00000-00000-00000-00000")
    visitor.page.click("form button.wide")


def _log_part(visitor: Visitor) -> None:
    visitor.open(f"/log/{visitor.villages.closed.key}/0")


def _privacy(visitor: Visitor) -> None:
    visitor.open(f"/privacy/{visitor.villages.town.key}")


def _no_such_form(visitor: Visitor) -> None:
    visitor.open("/v/0000000000")


def _front(visitor: Visitor) -> None:
    visitor.open("/")


SCENES: dict[str, Callable[[Visitor], None]] = {
    function.__name__[1:].replace("_", "-"): function
    for function in (
        _form, _form_typed, _form_by_subject, _form_by_item, _form_limit_reached, _form_jump_list, _form_incomplete,
        _form_refused, _form_restored, _form_of_other_kinds, _form_in_app, _form_no_shelf, _review, _not_sent_yet, _receipt,
        _slip_used, _signed_form, _signed_review, _signed_copy, _copy_to_check,
        _copy_checked, _own_form_read, _not_begun, _closed, _look_up, _found, _not_found, _mistyped,
        _hall, _hall_wrong_code, _hall_taken, _log, _log_answer, _log_part, _privacy,
        _no_such_form, _front,
    )
}  # fmt: skip


@contextmanager
def scene(browser: Browser, at: Villages, name: str, language: str) -> Iterator[Page]:
    """The page of a scene on a phone of its own, until the block ends."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", reduced_motion="reduce")
    try:
        page = context.new_page()
        SCENES[name](Visitor(at, page, language))
        # What follows a click is there before its style sheet is: measured too early, every button is a line of text.
        page.wait_for_load_state("load")
        yield page
    finally:
        context.close()


def dress(page: Page, theme: str) -> None:
    """Show the page as a reader's settings ask for it: one of THEMES."""
    page.emulate_media(
        color_scheme="dark" if theme == "dark" else "light",
        contrast="more" if theme == "contrast" else "no-preference",
        forced_colors="active" if theme == "forced" else "none",
    )
    # WCAG 1.4.10: a screen 1280 wide at 400 % has 320 CSS pixels. Large type is the voter's own switch.
    page.set_viewport_size({"width": 320, "height": 256} if theme == "zoomed" else {"width": 360, "height": 740})
    page.evaluate("large => document.documentElement.classList.toggle('large', large)", theme == "large")


def fits(page: Page) -> bool:
    """Whether nothing on the page is wider than its screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
