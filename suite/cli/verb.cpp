#include "suite/cli/verb.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cstdio>

namespace dsqbench {

std::string environment_name(const std::string& option) {
    std::string name = "DSQBENCH";
    const auto first = option.find("--");
    for (const char c : option.substr(first == std::string::npos ? 0 : first + 1)) {
        if (c == ',') break;
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

CLI::Validator at_least(int smallest) {
    const auto objection = [smallest](const std::string& text) -> std::string {
        double value = 0;
        const bool is_number = std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
        return !is_number || value >= smallest ? "" : fmt::format("{} is not at least {}", text, smallest);
    };
    return {objection, ""};
}

CLI::Option* add_flag(CLI::App& command, const std::string& name, bool& value, const std::string& meaning) {
    return command.add_flag(name, value, meaning)->envname(environment_name(name));
}

void add_json_flag(CLI::App& command, Session& session) {
    add_flag(command, "--json", session.json, "print the result as JSON");
}

void add_folder_options(CLI::App& command, Session& session) {
    add_option(command, "--data-root", session.data_root, "folder that holds the data sets");
    add_option(command, "--runs-dir", session.runs_folder, "folder of run directories")->capture_default_str();
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
}

namespace {
bool is_silent = false;
}

void silence_results() {
    is_silent = true;
}

void print_result(const std::string& text) {
    if (is_silent) return;
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
    std::fflush(stdout);
}

void print_json(const nlohmann::json& value) {
    print_result(value.dump(2));
}

}  // namespace dsqbench
