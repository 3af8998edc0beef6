"""Opens the leaderboard's page in a real browser: Debian's Chromium without a window, driven through WebDriver.

Builds the page from results/ of the checkout, so that it is tested with real rows, and from rows that try to break it.
With DSQBENCH_SCREENSHOT=FILE.png the picture of the page is kept.
"""

import importlib.machinery
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import KERNEL_ROW as KERNEL
from command import SOURCE, CommandTest, stored_line

SKIPPED = 77  # what CTest takes for "not run here"


def skip(reason):
    print(f"{reason}: scripts/install browser", file=sys.stderr)
    sys.exit(SKIPPED)


try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError:
    skip("there is no Python with selenium")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    skip("there is no chromium with chromedriver")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1400,900"]

# WCAG 2.1's contrast of every text on the page to what lies behind it; returns those below 4.5 to 1.
CONTRAST = """
const channels = colour => colour.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
  .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const back = element => {
  for (let e = element; e; e = e.parentElement) {
    const colour = channels(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return arguments[0] ? [22, 24, 27] : [255, 255, 255];
};
const low = [], seen = new Set();
for (const element of document.querySelectorAll('body *')) {
  if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
  if (['SCRIPT', 'STYLE', 'TITLE'].includes(element.tagName.toUpperCase())) continue;
  const style = getComputedStyle(element);
  const text = luminance(channels(element.closest('svg') ? style.fill : style.color)), behind = luminance(back(element));
  const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
  if (ratio < 4.5) low.push(element.tagName + ' ' + ratio.toFixed(2) + ' ' + element.textContent.trim().slice(0, 40));
}
return low;
"""


HOSTILE = "<img src=x onerror=document.title='broken'>\"'&"


def generated_row():
    path = SOURCE / "scripts/bench_store"
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("bench_store", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_store", loader))
    loader.exec_module(module)
    return json.loads(module.row(0))


class LeaderboardTest(CommandTest):
    browsers = {}  # one with scripts and one without, as starting one takes longer than a test

    @classmethod
    def browser(cls, script):
        if script not in cls.browsers:
            profile = tempfile.TemporaryDirectory(prefix="dsqbench-browser-", ignore_cleanup_errors=True)
            cls.addClassCleanup(profile.cleanup)
            options = webdriver.ChromeOptions()
            options.binary_location = CHROMIUM
            for flag in [*FLAGS, f"--user-data-dir={profile.name}"]:
                options.add_argument(flag)
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            if not script:
                options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
            cls.browsers[script] = webdriver.Chrome(service=Service(DRIVER), options=options)
            cls.addClassCleanup(cls.browsers[script].quit)
        return cls.browsers[script]

    def results_with(self, *rows):
        shutil.copytree(SOURCE / "results", self.folder / "results")
        (self.folder / "results/test-board").mkdir()
        (self.folder / "results/test-board/2026-11.jsonl").write_text("".join(map(stored_line, rows)))
        return self.folder / "results"

    def open(self, script=True, results=SOURCE / "results", hash=""):
        out = self.folder / "pages"
        self.dsqbench("leaderboard", "--out", out, "--results", results)
        browser = self.browser(script)
        browser.get((out / "index.html").as_uri() + hash)
        return browser

    def column(self, browser, name):
        index = browser.execute_script(
            "return [...document.querySelectorAll('#board thead th')].findIndex(h => h.dataset.column === arguments[0])", name)
        return [cells[index] for cells in self.shown(browser)]

    def accuracies(self, browser):
        """Of the column top-1, in which rows without one stand last whatever the order."""
        texts = self.column(browser, "top1")
        numbers = [float(text.split(" ")[0]) for text in texts if "(" in text]
        self.assertEqual([text for text in texts if "(" in text], texts[:len(numbers)])
        return numbers

    def shown(self, browser):
        return browser.execute_script(
            "return [...document.querySelectorAll('#board tbody tr')].filter(r => !r.hidden)"
            ".map(r => [...r.cells].map(c => c.textContent))")

    def head(self, browser, name):
        return browser.find_element(By.CSS_SELECTOR, f"#board th[data-column={name}]")

    def test_sorts_by_mouse_and_by_keyboard_and_says_so(self):
        browser = self.open()
        head = self.head(browser, "top1")
        head.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(head.get_attribute("aria-sort"), "descending")
        accuracies = self.accuracies(browser)
        self.assertGreater(len(accuracies), 5)
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))
        head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        self.assertEqual(head.get_attribute("aria-sort"), "ascending")
        self.assertEqual(self.accuracies(browser), sorted(accuracies))

    def test_filters_and_keeps_the_state_in_the_url(self):
        browser = self.open()
        every = len(self.shown(browser))
        Select(browser.find_element(By.NAME, "contender")).select_by_value("dsq")
        self.assertEqual(set(self.column(browser, "contender")), {"dsq"})
        self.assertIn(f"of {every} rows shown", self.status(browser).text)
        self.assertIn("contender=dsq", browser.current_url)
        browser.get(browser.current_url.replace("contender=dsq", "contender=ste"))
        self.assertEqual(set(self.column(browser, "contender")), {"ste"})
        browser.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
        WebDriverWait(browser, 2).until(lambda _: self.status(browser).text.startswith(f"{every} of"))

    def status(self, browser, table="board"):
        return browser.find_element(By.CSS_SELECTOR, f"form[data-for={table}] .shown")

    def test_the_skip_link_moves_the_reader_and_changes_nothing(self):
        browser = self.open(hash="#contender=dsq&sort=top1&order=descending")
        link = browser.find_element(By.CSS_SELECTOR, "a.skip")
        link.send_keys(Keys.ENTER)
        self.assertEqual(set(self.column(browser, "contender")), {"dsq"})
        self.assertIn("contender=dsq", browser.current_url)
        self.assertTrue(browser.execute_script("return document.activeElement.contains(document.getElementById('board'))"))

    def test_claims_sort_filter_and_open_to_their_rows(self):
        browser = self.open()
        form = browser.find_element(By.CSS_SELECTOR, "form[data-for=verdicts]")
        Select(form.find_element(By.NAME, "verdict")).select_by_value("holds")
        shown = [row for row in browser.find_elements(By.CSS_SELECTOR, "#verdicts tbody tr") if row.is_displayed()]
        self.assertGreater(len(shown), 0)
        self.assertTrue(all(row.text.startswith("holds") for row in shown))
        self.assertIn("verdicts.verdict=holds", browser.current_url)
        self.assertFalse(self.status(browser).text.startswith(f"{len(shown)} of"), "the other table keeps its rows")
        browser.find_element(By.CSS_SELECTOR, "#verdicts th[data-column=claim] button").click()
        self.assertIn("verdicts.sort=claim", browser.current_url)

    def test_a_row_opens_to_its_provenance(self):
        browser = self.open()
        details = browser.find_element(By.CSS_SELECTOR, "#board details")
        details.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
        self.assertRegex(details.text, "Again: dsqbench (run|ablate) --recipe ")
        for word in ("commit ", "row_id ", "machine "):
            self.assertIn(word, details.text)

    def test_the_whole_table_is_there_without_scripts(self):
        browser = self.open(script=False)
        self.assertGreater(len(browser.find_elements(By.CSS_SELECTOR, "#board tbody tr")), 5)
        self.assertFalse(any(form.is_displayed() for form in browser.find_elements(By.TAG_NAME, "form")))

    def test_everything_has_a_label_and_every_heading_a_scope(self):
        browser = self.open()
        self.assertEqual(browser.execute_script(
            "return [...document.querySelectorAll('select,button,input,summary')]"
            ".filter(e => !(e.labels && e.labels.length) && !e.textContent.trim()).length"), 0)
        self.assertEqual(browser.execute_script("return document.querySelectorAll('th:not([scope])').length"), 0)
        self.assertEqual(browser.execute_script("return document.querySelectorAll('svg:not([aria-label])').length"), 0)
        self.assertEqual(browser.execute_script(
            "const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size"), 0)
        self.assertTrue(browser.execute_script("return document.documentElement.lang"))

    def test_contrast_is_enough_in_light_and_in_dark(self):
        browser = self.open()
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            self.assertEqual(browser.execute_script(CONTRAST, scheme == "dark"), [], scheme)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_kernels_have_a_table_and_a_picture_that_can_be_read(self):
        browser = self.open(results=self.results_with(KERNEL))
        heading = browser.find_element(By.ID, "kernels")
        table = heading.find_element(By.XPATH, "following::table[1]")
        row = table.find_element(By.XPATH, ".//tr[@data-machine='test-board']")
        row.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
        for text in ("stage1", "avx2/dictionary", "0.450", "test-board", KERNEL["command"]):
            self.assertIn(text, table.text)
        browser.find_element(By.CSS_SELECTOR, "svg[aria-label^='resnet18, layer stage1']")
        self.assertEqual(browser.execute_script(CONTRAST, False), [])

    def test_what_a_row_says_never_becomes_markup(self):
        browser = self.open(results=self.results_with({**generated_row(), "label": HOSTILE, "dataset": HOSTILE}))
        self.assertIn(HOSTILE, self.column(browser, "contender"))
        self.assertEqual(browser.title, "dsqbench leaderboard")
        self.assertEqual(browser.find_elements(By.TAG_NAME, "img"), [])
        Select(browser.find_element(By.NAME, "contender")).select_by_visible_text(HOSTILE)
        self.assertEqual(self.column(browser, "contender"), [HOSTILE])

    def test_what_a_kernels_row_says_never_becomes_markup(self):
        hostile = {**KERNEL, "layer": HOSTILE, "variant": HOSTILE, "command": HOSTILE, "processor": HOSTILE,
                   "network": HOSTILE}
        browser = self.open(results=self.results_with(hostile))
        self.assertEqual(browser.title, "dsqbench leaderboard")
        self.assertEqual(browser.find_elements(By.TAG_NAME, "img"), [])
        form = browser.find_element(By.CSS_SELECTOR, "form[data-for=kernel-rows]")
        Select(form.find_element(By.NAME, "layer")).select_by_visible_text(HOSTILE)
        self.assertTrue(self.status(browser, "kernel-rows").text.startswith("1 of"))

    def test_asks_for_nothing_and_reports_no_error(self):
        browser = self.open()
        self.assertEqual(browser.execute_script("return performance.getEntriesByType('resource').length"), 0)
        self.assertEqual([entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"], [])

    def test_takes_a_picture(self):
        browser = self.open(hash="#sort=top1&order=descending")
        picture = Path(os.environ.get("DSQBENCH_SCREENSHOT") or self.folder / "page.png")
        self.assertTrue(browser.save_screenshot(str(picture)))
        self.assertGreater(picture.stat().st_size, 20_000)


unittest.main()
