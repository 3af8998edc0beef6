// Published claims, one a file below recipes/claims/, and what our own rows say to them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/published.h"
#include "suite/report/toml_fields.h"

namespace dsqbench {

struct Claim {
    std::string name;      // of the file, without ".toml"
    std::string sentence;  // what is claimed
    std::string made_by, where;
    std::string measure;                // what has to be measured
    std::vector<std::string> commands;  // that measure it; "dsqbench ..."
    std::string note;
    TomlFields rule{""};  // checked; its "kind" says which other keys it has
};

// Throws Error(data) at file:line:column.
Claim read_claim(const std::filesystem::path& file);
Claim parse_claim(const std::string& text, const std::string& place);
std::vector<Claim> claims_in(const std::filesystem::path& folder);  // by name; none when there is no such folder

enum class VerdictKind { holds, does_not_hold, undecided, not_run_here };

struct ClaimVerdict {
    VerdictKind kind = VerdictKind::not_run_here;
    std::string reason;                  // the numbers that decided, or what is missing
    std::vector<std::string> row_ids{};  // of the rows that it was made from
};

// What verdicts are made from. A claim is judged by publishable rows of test images alone, of the recipe as it stands:
// rows of a changed recipe are of another protocol and do not count.
struct Evidence {
    std::vector<Row> rows;
    std::vector<PublishedNumber> published;
    std::function<std::string(const std::string& recipe)> protocol_of;  // throws Error when there is no such recipe
    // The same for a cell of a design, "lsq+era".
    std::function<std::string(const std::string& recipe, const std::string& cell)> recipe_id_of_cell;
    std::filesystem::path base;           // that relative run directories start from
    std::map<std::string, double> facts;  // that the program itself knows: "mla_per_widening_w2a2"
};

// The recipes, or the kernel, whose rows judge(claim) looks at; "" or none when there is no such.
std::vector<std::string> recipes_of(const Claim& claim);
std::string kernel_of(const Claim& claim);

ClaimVerdict judge(const Claim& claim, const Evidence& evidence);

std::string name_of(VerdictKind kind);  // "holds", "does not hold", "undecided", "not run here"

struct JudgedClaim {
    Claim claim;
    ClaimVerdict verdict;
};

std::string format_table(const std::vector<JudgedClaim>& claims);
std::string format_text(const JudgedClaim& claim);  // everything about one
nlohmann::json to_json(const std::vector<JudgedClaim>& claims);

}  // namespace dsqbench
