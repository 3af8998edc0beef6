#include "suite/cli/plot_script.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdio>

#include "suite/core/error.h"

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

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + "'";
}

}  // namespace

void draw_with_script(const std::string& script, const nlohmann::json& data, const fs::path& picture,
                      const fs::path& program) {
    fs::path path = find_upwards(program.parent_path(), script);
    if (path.empty()) path = find_upwards(fs::current_path(), script);
    if (path.empty())
        throw Error(ExitCode::unavailable, fmt::format("cannot find scripts/{}", script),
                    "run from inside the project, or leave the picture out");
    std::FILE* pipe = ::popen(fmt::format("python3 {} {}", quoted(path), quoted(picture)).c_str(), "w");
    if (pipe == nullptr) throw Error(ExitCode::failed, "cannot start python3");
    const std::string text = data.dump();
    std::fwrite(text.data(), 1, text.size(), pipe);
    const int status = ::pclose(pipe);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        throw Error(ExitCode::unavailable, "there is no python3", "apt-get install python3-matplotlib");
    if (WIFEXITED(status) && WEXITSTATUS(status) == static_cast<int>(ExitCode::unavailable))
        throw Error(ExitCode::unavailable, "there is no matplotlib", "apt-get install python3-matplotlib");
    throw Error(ExitCode::failed, "the picture was not drawn", {}, picture.string());
}

}  // namespace dsqbench
