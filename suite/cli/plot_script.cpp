#include "suite/cli/plot_script.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "suite/core/error.h"
#include "suite/core/shell.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

fs::path find_upwards(fs::path folder, const std::string& script) {
    while (true) {
        for (const fs::path& place : {folder / "scripts" / script, folder / "share" / "dsqbench" / "scripts" / script})
            if (fs::exists(place)) return place;
        if (folder == folder.parent_path()) return {};
        folder = folder.parent_path();
    }
}

// The exit code of `command` with `input` on its stdin; -1 when a signal ended it.
int run(const std::string& command, const std::string& input) {
    std::FILE* pipe = ::popen(command.c_str(), "w");
    if (pipe == nullptr) throw Error(ExitCode::failed, "cannot start a shell");
    std::fwrite(input.data(), 1, input.size(), pipe);
    const int status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The first Python may be somebody's own, without the system's matplotlib. From /, where no folder of the user's is
// taken for it.
std::string python_with_matplotlib() {
    for (const char* python : {"python3", "/usr/bin/python3"})
        if (run(fmt::format("cd / && {} -c 'import matplotlib' 2> /dev/null", python), {}) == 0) return python;
    throw Error(ExitCode::unavailable, "there is no Python with matplotlib", "apt-get install python3-matplotlib");
}

// matplotlib chooses the format by it and reads nothing into capitals.
std::string objection_to_picture(const std::string& file) {
    std::string suffix = fs::path(file).extension().string();
    for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::array known{".png", ".svg", ".pdf"};
    if (file.empty() || std::find(known.begin(), known.end(), suffix) != known.end()) return {};
    return fmt::format("'{}' is no picture: choose {}", file, fmt::join(known, ", "));
}

}  // namespace

void add_plot_option(CLI::App& command, std::string& picture, const std::string& meaning) {
    add_option(command, "--plot", picture, meaning + " (.png, .svg, .pdf)")
        ->check(CLI::Validator(objection_to_picture, ""));
}

void draw_with_script(const std::string& script, const nlohmann::json& data, const fs::path& picture,
                      const fs::path& program) {
    fs::path path = find_upwards(program.parent_path(), script);
    if (path.empty()) path = find_upwards(fs::current_path(), script);
    if (path.empty())
        throw Error(ExitCode::unavailable, fmt::format("cannot find scripts/{}", script),
                    "run from inside the project, or leave the picture out");
    const std::string command =
        fmt::format("{} {} {}", python_with_matplotlib(), shell_quoted(path.string()), shell_quoted(picture.string()));
    if (run(command, data.dump()) != 0)
        throw Error(ExitCode::failed, "the picture was not drawn", {}, picture.string());
}

}  // namespace dsqbench
