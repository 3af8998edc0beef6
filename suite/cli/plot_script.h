// Pictures are drawn by matplotlib: scripts/plot_<name>.py reads JSON on stdin and writes the file that it is told to.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "suite/cli/verb.h"

namespace dsqbench {

// --plot; a file that is no .png, .svg or .pdf is refused before anything is computed.
void add_plot_option(CLI::App& command, std::string& picture, const std::string& meaning);

// Looks for scripts/<script> upwards from the folder of `program`, then from the working folder. Throws
// Error(unavailable) when the script or Python is missing, Error(failed) when it fails; what it says goes to stderr.
void draw_with_script(const std::string& script, const nlohmann::json& data, const std::filesystem::path& picture,
                      const std::filesystem::path& program);

}  // namespace dsqbench
