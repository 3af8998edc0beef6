#include "suite/cli/plot_script.h"

#include <fmt/format.h>
#include <sys/wait.h>

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

constexpr int not_found = 127;                                          // the shell's
constexpr int no_matplotlib = static_cast<int>(ExitCode::unavailable);  // the scripts'

// The exit code of `command` with `input` on its stdin; -1 when a signal ended it.
int run(const std::string& command, const std::string& input) {
    std::FILE* pipe = ::popen(command.c_str(), "w");
    if (pipe == nullptr) throw Error(ExitCode::failed, "cannot start a shell");
    std::fwrite(input.data(), 1, input.size(), pipe);
    const int status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

void draw_with_script(const std::string& script, const nlohmann::json& data, const fs::path& picture,
                      const fs::path& program) {
    fs::path path = find_upwards(program.parent_path(), script);
    if (path.empty()) path = find_upwards(fs::current_path(), script);
    if (path.empty())
        throw Error(ExitCode::unavailable, fmt::format("cannot find scripts/{}", script),
                    "run from inside the project, or leave the picture out");
    // The first Python may be somebody's own, without the system's matplotlib.
    int code = not_found;
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        code = run(fmt::format("{} {} {}", python, shell_quoted(path.string()), shell_quoted(picture.string())),
                   data.dump());
        if (code == 0) return;
        if (code != not_found && code != no_matplotlib) break;
    }
    if (code == not_found || code == no_matplotlib)
        throw Error(ExitCode::unavailable, "there is no Python with matplotlib", "apt-get install python3-matplotlib");
    throw Error(ExitCode::failed, "the picture was not drawn", {}, picture.string());
}

}  // namespace dsqbench
