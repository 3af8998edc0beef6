// The command that trains a contender again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dsqbench {

// `label` is the quantizers, those and what --over laid over the recipe ("dsq model.width=8"), or a cell of a design
// ("lsq+era"), which is only ever trained among all the cells of its design: `dsqbench ablate`.
std::string repeat_command(const std::string& recipe, const std::string& label,
                           const std::vector<std::uint64_t>& seeds);

}  // namespace dsqbench
