// The cards of the designs that have rows, as `dsqbench ablate` prints them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/record/row_line.h"
#include "suite/report/attribution.h"

namespace dsqbench {

class AttributionCards {
public:
    // Reads the recipes with a design; one that does not load is named on stderr and left out.
    explicit AttributionCards(const Session& session);

    void add(const RowLine& row);  // keeps it when it is of a design
    struct Built {
        std::vector<AttributionCard> cards;
        std::vector<std::string> refused;  // designs whose rows contradict each other, with the reason
    };
    // In the order of the recipes' names. Seeds are the recipe's. A design of which no cell has a row has no card.
    Built build() const;

private:
    struct Study {
        Recipe recipe;
        Design design;
        std::vector<DesignCell> cells;
        std::vector<Row> rows;
    };
    std::map<std::string, Study> studies_;  // by the recipe's name
};

}  // namespace dsqbench
