#include "suite/report/claim.h"

#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/record/run_statistic.h"

namespace dsqbench {

namespace {

constexpr auto required = Presence::required;

const std::vector<TomlKey> head_keys{{"claim", "text", required},     {"made_by", "text", required},
                                     {"where", "text", required},     {"measure", "text", required},
                                     {"commands", "texts", required}, {"note", "text"}};

// The keys of each kind of rule, which judge() explains.
const std::map<std::string, std::vector<TomlKey>>& rule_keys() {
    static const TomlKey kind{"kind", "text", required};
    static const std::map<std::string, std::vector<TomlKey>> keys{
        {"difference",
         {kind,
          {"recipes", "texts", required},
          {"metric", "text"},
          {"better", "text", required},
          {"worse", "text", required},
          {"at_least", "real"}}},
        {"largest_step", {kind, {"recipes", "texts", required}, {"steps", "texts", required}}},
        {"within",
         {kind,
          {"recipes", "texts", required},
          {"contender", "text", required},
          {"published", "text", required},
          {"tolerance", "real", required}}},
        {"run_statistic",
         {kind,
          {"recipes", "texts", required},
          {"contender", "text", required},
          {"statistic", "text", required, run_statistic_names()},
          {"above", "real"},
          {"below", "real"}}},
        {"recipe_share",
         {kind,
          {"old_old", "text", required},
          {"old_new", "text", required},
          {"new_old", "text", required},
          {"new_new", "text", required},
          {"low", "real", required},
          {"high", "real", required}}},
        {"latency_ratio",
         {kind,
          {"network", "text", required},
          {"layers", "texts", required},
          {"instruction_set", "text", required},
          {"variant", "text", required},
          {"slow_bits", "integer", required},
          {"fast_bits", "integer", required},
          {"low", "real", required},
          {"high", "real", required}}},
        {"fact", {kind, {"facts", "texts", required}, {"published", "texts", required}}},
    };
    return keys;
}

std::vector<std::string> names_of_rules() {
    std::vector<std::string> names;
    for (const auto& [name, keys] : rule_keys()) names.push_back(name);
    return names;
}

void check_rule(const TomlFields& rule) {
    if (!rule.has("kind")) throw Error(ExitCode::data, "the rule has no 'kind'", {}, rule.place());
    const TomlKey any_kind{"kind", "text", required, names_of_rules()};
    const auto keys = [&] {
        for (const auto& [name, known] : rule_keys())
            if (rule.is_text("kind", name)) return known;
        return std::vector<TomlKey>{any_kind};  // whose check fails with the known names
    }();
    rule.check_known(keys);
    rule.check_complete(keys);
    if (rule.is_text("kind", "run_statistic") && rule.has("above") == rule.has("below"))
        throw Error(ExitCode::data, "the rule needs one of 'above' and 'below'", {}, rule.place());
}

}  // namespace

Claim parse_claim(const std::string& text, const std::string& place) {
    const auto tables = parse_toml_tables(text, place);
    const TomlFields& head = tables.front().second;
    head.check_known(head_keys);
    head.check_complete(head_keys);
    Claim claim;
    bool has_rule = false;
    for (const auto& [name, fields] : tables) {
        if (name.empty()) continue;
        if (name != "rule") throw Error(ExitCode::data, "unknown table '" + name + "'", "known: rule", fields.place());
        check_rule(fields);
        claim.rule = fields;
        has_rule = true;
    }
    if (!has_rule) throw Error(ExitCode::data, "has no rule", "add a table [rule]", place);
    claim.name = std::filesystem::path(place).stem().string();
    claim.sentence = head.text("claim");
    claim.made_by = head.text("made_by");
    claim.where = head.text("where");
    claim.measure = head.text("measure");
    claim.commands = head.texts("commands");
    claim.note = head.text("note");
    return claim;
}

Claim read_claim(const std::filesystem::path& file) {
    constexpr std::size_t largest_file = std::size_t{1} << 20;
    return parse_claim(read_file(file, largest_file), file.string());
}

std::vector<Claim> claims_in(const std::filesystem::path& folder) {
    std::vector<Claim> claims;
    for (const auto& file : toml_files_of(folder)) claims.push_back(read_claim(file));
    return claims;
}

// "recipe:contender", as the cells of recipe_share are written.
std::vector<std::string> recipes_of(const Claim& claim) {
    if (claim.rule.text("kind") != "recipe_share") return claim.rule.texts("recipes");
    std::vector<std::string> recipes;
    for (const char* cell : {"old_old", "old_new", "new_old", "new_new"}) {
        const std::string text = claim.rule.text(cell);
        recipes.push_back(text.substr(0, text.find(':')));
    }
    return recipes;
}

std::string kernel_of(const Claim& claim) {
    return claim.rule.is_text("kind", "latency_ratio") ? claim.rule.text("variant") : std::string();
}

}  // namespace dsqbench
