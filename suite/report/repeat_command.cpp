#include "suite/report/repeat_command.h"

#include <fmt/format.h>

#include "suite/core/shell.h"
#include "suite/core/text.h"

namespace dsqbench {

std::string repeat_command(const std::string& recipe, const std::string& label,
                           const std::vector<std::uint64_t>& seeds) {
    std::vector<std::string> numbers;
    for (const auto seed : seeds) numbers.push_back(std::to_string(seed));
    const std::string seeds_option = numbers.empty() ? "" : " --seeds " + join(numbers, ",");
    // Where recipes with a design are, and nothing else.
    if (recipe.starts_with("ablations/"))
        return fmt::format("dsqbench ablate --recipe {}{}", shell_word(recipe), seeds_option);
    const auto words = split(label, ' ');
    std::string command = fmt::format("dsqbench run --recipe {} --quantizer {}{}", shell_word(recipe),
                                      shell_word(words.front()), seeds_option);
    for (std::size_t i = 1; i < words.size(); ++i) command += " --set " + shell_word(words[i]);
    return command;
}

}  // namespace dsqbench
