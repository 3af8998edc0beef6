// How judged claims are written: a table of all, everything about one, JSON.
#include <fmt/format.h>

#include <algorithm>

#include "suite/core/text.h"
#include "suite/report/claim.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

constexpr VerdictKind kinds[] = {VerdictKind::holds, VerdictKind::does_not_hold, VerdictKind::undecided,
                                 VerdictKind::not_run_here};

// "2 hold, 1 does not hold, ...": "holds: 2 · does not hold: 1".
std::string counts_of(const std::vector<JudgedClaim>& claims) {
    std::vector<std::string> parts;
    for (const auto kind : kinds)
        parts.push_back(fmt::format(
            "{}: {}", name_of(kind),
            std::count_if(claims.begin(), claims.end(), [&](const auto& each) { return each.verdict.kind == kind; })));
    return join(parts, " · ");
}

}  // namespace

std::string format_table(const std::vector<JudgedClaim>& claims) {
    TextTable table;
    table.add_column("claim").add_column("verdict").add_column("what is claimed").add_column("because");
    for (const auto& [claim, verdict] : claims)
        table.add_row({claim.name, name_of(verdict.kind), claim.sentence, verdict.reason});
    return table.aligned() + "\n" + counts_of(claims) + "\n";
}

std::string format_text(const JudgedClaim& judged) {
    const auto& [claim, verdict] = judged;
    std::string text = fmt::format("{}\n\nclaim     {}\nmade by   {}, {}\nmeasure   {}\n", claim.name, claim.sentence,
                                   claim.made_by, claim.where, claim.measure);
    for (const auto& command : claim.commands) text += "command   " + command + "\n";
    if (!claim.note.empty()) text += "note      " + claim.note + "\n";
    text += fmt::format("\nverdict   {}\nbecause   {}\n", name_of(verdict.kind), verdict.reason);
    for (const auto& id : verdict.row_ids) text += "row       " + id + "\n";
    return text;
}

nlohmann::json to_json(const std::vector<JudgedClaim>& claims) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [claim, verdict] : claims)
        list.push_back({{"name", claim.name},
                        {"claim", claim.sentence},
                        {"made_by", claim.made_by},
                        {"where", claim.where},
                        {"measure", claim.measure},
                        {"commands", claim.commands},
                        {"note", claim.note},
                        {"verdict", name_of(verdict.kind)},
                        {"reason", verdict.reason},
                        {"row_ids", verdict.row_ids}});
    return list;
}

}  // namespace dsqbench
