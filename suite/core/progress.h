// Progress on stderr: one bar a task on a terminal, a plain line now and then elsewhere; stdout stays the result's.
#pragma once

#include <string>
#include <vector>

namespace dsqbench {

// Is colour wanted on `descriptor`? (A terminal, and NO_COLOR unset.)
bool colour_wanted(int descriptor);

class Progress {
public:
    enum class Style { automatic, bars, lines, silent };
    explicit Progress(Style style = Style::automatic, double seconds_between_lines = 30);
    ~Progress();  // leaves the last state on the screen
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // A new task, drawn in this order. Returns its handle.
    std::size_t add(const std::string& label);
    // `fraction` in [0, 1]; `detail` is short: "epoch 2/3  loss 0.41  1612 images/s".
    void update(std::size_t task, double fraction, const std::string& detail);
    void finish(std::size_t task, const std::string& outcome);
    // A line of its own, above the bars.
    void note(const std::string& line);

private:
    struct Task {
        std::string label, detail;
        double fraction = 0, started = 0;
        bool finished = false;
    };
    void draw();
    void erase();
    std::string bar(const Task& task) const;

    std::vector<Task> tasks_;
    Style style_;
    double seconds_between_lines_;
    int drawn_lines_ = 0;
    double last_drawn_ = -1e9;
};

}  // namespace dsqbench
