#include "suite/core/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "suite/core/clock.h"

namespace dsqbench {

namespace {
constexpr double seconds_between_frames = 0.1;

void print(const std::string& text) {
    // Best effort: a closed stderr must not stop a run.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

int terminal_width() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

Progress::Style resolve(Progress::Style style) {
    if (style != Progress::Style::automatic) return style;
    return ::isatty(STDERR_FILENO) != 0 ? Progress::Style::bars : Progress::Style::lines;
}
// "  3 min 05 s left"; "" when it is too early to say. A template, as Progress keeps its Task to itself.
template <class Task>
std::string time_left(const Task& task) {
    if (task.finished || task.fraction <= 0.02) return {};
    const double elapsed = monotonic_seconds() - task.started;
    return "  " + format_duration(elapsed * (1 - task.fraction) / task.fraction) + " left";
}
}  // namespace

bool colour_wanted(int descriptor) {
    const char* no_color = std::getenv("NO_COLOR");
    return ::isatty(descriptor) != 0 && (no_color == nullptr || *no_color == '\0');
}

Progress::Progress(Style style, double seconds_between_lines)
    : style_(resolve(style)), seconds_between_lines_(seconds_between_lines) {}

Progress::~Progress() {
    last_drawn_ = -1e9;
    if (style_ == Style::bars) draw();
}

std::size_t Progress::add(const std::string& label) {
    Task task;
    task.label = label;
    tasks_.push_back(task);
    return tasks_.size() - 1;
}

void Progress::update(std::size_t task, double fraction, const std::string& detail) {
    Task& state = tasks_.at(task);
    if (state.started == 0) state.started = monotonic_seconds();
    state.fraction = std::clamp(fraction, 0.0, 1.0);
    state.detail = detail;
    draw();
}

void Progress::finish(std::size_t task, const std::string& outcome) {
    Task& state = tasks_.at(task);
    state.finished = true;
    state.fraction = 1;
    state.detail = outcome;
    if (style_ == Style::lines) print(fmt::format("{}: {}\n", state.label, outcome));
    if (style_ != Style::bars) return;
    last_drawn_ = -1e9;
    draw();
}

void Progress::note(const std::string& line) {
    if (style_ == Style::silent) return;
    erase();
    print(line + "\n");
    last_drawn_ = -1e9;
    if (style_ == Style::bars) draw();
}

void Progress::erase() {
    if (drawn_lines_ > 0) print(fmt::format("\033[{}A\033[J", drawn_lines_));
    drawn_lines_ = 0;
}

std::string Progress::bar(const Task& task) const {
    constexpr int width = 24;
    const int filled = static_cast<int>(task.fraction * width);
    std::string cells;
    for (int i = 0; i < width; ++i) cells += i < filled ? "━" : "─";
    const std::string detail = task.detail + time_left(task);
    const auto room = static_cast<std::size_t>(std::max(10, terminal_width() - 24 - width - 8));
    return fmt::format("{:<22} {} {:3.0f}%  {}\n", task.label.substr(0, 22), cells, task.fraction * 100,
                       detail.substr(0, room));
}

void Progress::draw() {
    const double now = monotonic_seconds();
    if (style_ == Style::silent || tasks_.empty()) return;
    if (now - last_drawn_ < (style_ == Style::bars ? seconds_between_frames : seconds_between_lines_)) return;
    last_drawn_ = now;
    if (style_ == Style::lines) {
        for (const auto& task : tasks_)
            if (!task.finished && task.started > 0)
                print(
                    fmt::format("{}: {:.0f}%  {}{}\n", task.label, task.fraction * 100, task.detail, time_left(task)));
        return;
    }
    erase();
    std::string frame;
    for (const auto& task : tasks_)
        if (task.started > 0 || task.finished) {
            frame += bar(task);
            ++drawn_lines_;
        }
    print(frame);
}

}  // namespace dsqbench
