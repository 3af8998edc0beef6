#include "suite/recipe/toml_values.h"

// toml++ up to 3.4 runs into its own assertions on malformed headers such as "[ #" (marzer/tomlplusplus#301), and with
// NDEBUG it tells the compiler that they hold. Here they are checked in every build and refuse the text.
namespace dsqbench {
struct BrokenAssertion {};
[[noreturn]] static void refuse_text() {
    throw BrokenAssertion();
}
}  // namespace dsqbench
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : dsqbench::refuse_text())
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/toml_guard.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

std::string at(const std::string& place, toml::source_position position) {
    return place + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

struct Reader {
    struct Found {
        toml::source_position position;
        TomlValue value;
    };
    const std::string& place;
    std::vector<Found> found;

    Json json(const toml::node& node) const {
        if (const auto* value = node.as_boolean()) return value->get();
        if (const auto* value = node.as_integer()) return value->get();
        if (const auto* value = node.as_floating_point()) return value->get();
        if (const auto* value = node.as_string()) return value->get();
        if (const auto* array = node.as_array()) return list(*array);
        // Inside a list a table has no meaning here; {} lets the check of the key refuse it.
        if (node.is_table()) return Json::object();
        throw Error(ExitCode::recipe, "dates and times have no meaning in a recipe", {},
                    at(place, node.source().begin));
    }

    Json list(const toml::array& array) const {
        Json items = Json::array();
        for (const toml::node& node : array) items.push_back(json(node));
        return items;
    }

    void flatten(const toml::table& table, const std::string& prefix) {
        for (const auto& [key, node] : table) {
            const std::string name = prefix + std::string(key.str());
            const toml::table* inner = node.as_table();
            if (inner != nullptr && !inner->empty())
                flatten(*inner, name + ".");
            else
                found.push_back({key.source().begin, {name, json(node), at(place, key.source().begin)}});
        }
    }
};

toml::table parse(std::string_view text, const std::string& place) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        throw Error(ExitCode::recipe, "not valid TOML: " + std::string(error.description()), {},
                    at(place, error.source().begin));
    } catch (const BrokenAssertion&) {
        throw Error(ExitCode::recipe, "not valid TOML: malformed table header or key", {}, place);
    }
}

// TOML refuses a key that is set twice, but not "training.epochs" in quotes beside [training].
void refuse_repetition(const std::vector<TomlValue>& values) {
    std::map<std::string, std::string> places;
    for (const TomlValue& value : values) {
        const auto [position, inserted] = places.emplace(value.name, value.place);
        if (!inserted)
            throw Error(ExitCode::recipe, "sets a key that is set at " + position->second + " too", {}, value.place);
    }
}

}  // namespace

std::vector<TomlValue> read_toml(std::string_view text, const std::string& place) {
    if (!is_utf8(text)) throw Error(ExitCode::recipe, "is not UTF-8", "save the file as UTF-8", place);
    if (text.find('\0') != std::string_view::npos) throw Error(ExitCode::recipe, "holds NUL bytes", {}, place);
    guard_toml(text, place);
    const toml::table table = parse(text, place);
    Reader reader{place, {}};
    reader.flatten(table, {});
    std::stable_sort(reader.found.begin(), reader.found.end(), [](const auto& a, const auto& b) {
        return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
    });
    std::vector<TomlValue> values;
    for (auto& entry : reader.found) values.push_back(std::move(entry.value));
    refuse_repetition(values);
    return values;
}

}  // namespace dsqbench
