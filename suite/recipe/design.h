// Factorial designs: which of the changes between an old and a new way to train made the gain. Declared in a recipe's
// [design]; every cell is a resolved recipe of its own, made from the one base by the settings of its factors' levels,
// so two cells differ in exactly what their factors name.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "suite/recipe/factorial_cells.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

enum class FactorGroup { algorithm, recipe };

std::string name_of(FactorGroup group);

struct Factor {
    std::string name;  // "soft_gradient"
    FactorGroup group = FactorGroup::recipe;
    std::string meaning;
    // "training.schedule=cosine", or "era=pact-2018", which is laid over before all other settings.
    std::vector<std::string> old_level, new_level;
};

struct Design {
    std::vector<Factor> factors;  // the algorithm's first; bit j of a cell is factor j
    std::vector<Cell> cells;
    double margin = 0;  // % top-1 below which an effect counts as none
    Cell contender_factors = 0;
    std::map<Cell, Contender> contenders;  // by which of the contender_factors are new

    bool is_full() const { return cells.size() == std::size_t{1} << factors.size(); }
    Cell members(FactorGroup group) const;
    // "soft_gradient+schedule"; "none" when all factors are old.
    std::string label(Cell cell) const;
};

// Does the recipe declare a design?
bool has_design(const Recipe& recipe);

// Throws Error(recipe) for a design without factors, with a group that has none, with a level that sets nothing, or
// without a contender for each combination.
Design design_of(const Recipe& recipe);

struct DesignCell {
    Cell cell;
    std::string label;
    Recipe recipe;
};

// In the order of design.cells. Throws Error(recipe) when two cells are one and the same training.
std::vector<DesignCell> cells_of(const Recipe& recipe, const Design& design,
                                 const std::filesystem::path& recipes_folder);

}  // namespace dsqbench
