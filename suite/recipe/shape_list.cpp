#include "suite/recipe/shape_list.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"
#include "suite/recipe/recipe_files.h"
#include "suite/recipe/schema.h"
#include "suite/recipe/toml_values.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t largest_file = std::size_t{1} << 20;
// kernels/ refuses longer sides; a larger number would not fit its arithmetic.
constexpr std::int64_t longest_side = 1 << 15;

[[noreturn]] void refuse(const std::string& message, const TomlValue& value) {
    throw Error(ExitCode::recipe, message, {}, value.place);
}

int integer(const Json& value, std::int64_t minimum, std::int64_t maximum, const TomlValue& key) {
    const bool fits = value.is_number_integer() && value >= minimum && value <= maximum;
    if (!fits)
        refuse(key.name + " must be an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum),
               key);
    return value.get<int>();
}

// One number for all, or `count` of them.
std::vector<int> integers(const TomlValue& key, std::size_t count, std::int64_t minimum) {
    if (!key.value.is_array()) return std::vector<int>(count, integer(key.value, minimum, longest_side, key));
    if (key.value.size() != count) refuse(key.name + " must be a list of " + std::to_string(count) + " integers", key);
    std::vector<int> numbers;
    for (const Json& item : key.value) numbers.push_back(integer(item, minimum, longest_side, key));
    return numbers;
}

std::string text(const TomlValue& key) {
    if (!key.value.is_string()) refuse(key.name + " must be text", key);
    check_text(key.name, key.value.get<std::string>(), key.place);
    return key.value.get<std::string>();
}

double positive(const TomlValue& key) {
    const double value = key.value.is_number() ? key.value.get<double>() : 0;
    if (!(value > 0 && value < 1e6)) refuse(key.name + " must be a number above 0", key);
    return value;
}

bool flag(const TomlValue& key) {
    if (!key.value.is_boolean()) refuse(key.name + " must be true or false", key);
    return key.value.get<bool>();
}

using LayerKey = std::function<void(const TomlValue&, LayerShape&)>;

const std::map<std::string, LayerKey>& layer_keys() {
    static const std::map<std::string, LayerKey> keys{
        {"input",
         [](const TomlValue& key, LayerShape& layer) {
             if (!key.value.is_array()) refuse(key.name + " must be [height, width, channels]", key);
             const auto sizes = integers(key, 3, 1);
             layer.height = sizes[0], layer.width = sizes[1], layer.in_channels = sizes[2];
         }},
        {"out_channels", [](const TomlValue& key,
                            LayerShape& layer) { layer.out_channels = integer(key.value, 1, longest_side, key); }},
        {"kernel",
         [](const TomlValue& key, LayerShape& layer) {
             const auto sizes = integers(key, 2, 1);
             layer.kernel_height = sizes[0], layer.kernel_width = sizes[1];
         }},
        {"stride",
         [](const TomlValue& key, LayerShape& layer) { layer.stride = integer(key.value, 1, longest_side, key); }},
        {"padding",
         [](const TomlValue& key, LayerShape& layer) {
             const auto sides = integers(key, 4, 0);
             layer.padding_top = sides[0], layer.padding_bottom = sides[1];
             layer.padding_left = sides[2], layer.padding_right = sides[3];
         }},
        {"groups",
         [](const TomlValue& key, LayerShape& layer) { layer.groups = integer(key.value, 1, longest_side, key); }},
        {"count",
         [](const TomlValue& key, LayerShape& layer) { layer.count = integer(key.value, 1, longest_side, key); }},
        {"goal", [](const TomlValue& key, LayerShape& layer) { layer.goal = flag(key); }},
    };
    return keys;
}

using GoalKey = std::function<void(const TomlValue&, KernelGoal&)>;

const std::map<std::string, GoalKey>& goal_keys() {
    static const std::map<std::string, GoalKey> keys{
        {"against_int8", [](const TomlValue& key, KernelGoal& goal) { goal.against_int8 = positive(key); }},
        {"each_against_int8", [](const TomlValue& key, KernelGoal& goal) { goal.each_against_int8 = positive(key); }},
        {"against_f32", [](const TomlValue& key, KernelGoal& goal) { goal.against_f32 = positive(key); }},
        {"loop_roof", [](const TomlValue& key, KernelGoal& goal) { goal.loop_roof = positive(key); }},
    };
    return keys;
}

template <class Keys>
const auto& find_key(const Keys& keys, const std::string& name, const TomlValue& value) {
    const auto found = keys.find(name);
    if (found != keys.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& key : keys) known.push_back(key.first);
    throw Error(ExitCode::recipe, "unknown key '" + value.name + "'", suggestion(name, known), value.place);
}

// "w2a8"
KernelGoal goal_named(const std::string& name, const TomlValue& value) {
    KernelGoal goal;
    goal.name = name;
    char end = 0;
    const int read = std::sscanf(name.c_str(), "w%1da%1d%c", &goal.weight_bits, &goal.activation_bits, &end);
    const auto known = [](int bits) { return bits >= 1 && bits <= 8; };
    if (read != 2 || !known(goal.weight_bits) || !known(goal.activation_bits))
        refuse("a goal is called by its bits, as w2a2, not '" + name + "'", value);
    return goal;
}

template <class Item, class Make>
Item& item_named(std::vector<Item>& items, const std::string& name, Make make) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
    return found != items.end() ? *found : items.emplace_back(make());
}

void set_part(ShapeList& list, const std::vector<std::string>& parts, const TomlValue& value) {
    if (parts[0] == "layers") {
        LayerShape& layer = item_named(list.layers, parts[1], [&] { return LayerShape{parts[1]}; });
        find_key(layer_keys(), parts[2], value)(value, layer);
    } else {
        KernelGoal& goal = item_named(list.goals, parts[1], [&] { return goal_named(parts[1], value); });
        find_key(goal_keys(), parts[2], value)(value, goal);
    }
}

void set(ShapeList& list, const TomlValue& value) {
    const auto parts = split(value.name, '.');
    if (parts.size() == 3 && (parts[0] == "layers" || parts[0] == "goals")) return set_part(list, parts, value);
    if (value.name == "description")
        list.description = text(value);
    else if (value.name == "source")
        list.source = text(value);
    else
        throw Error(ExitCode::recipe, "unknown key '" + value.name + "'",
                    "description, source, [layers.NAME] and [goals.wWaA] are known", value.place);
}

void check(const ShapeList& list, const std::string& place) {
    const auto refuse_at = [&](const std::string& message) { throw Error(ExitCode::recipe, message, {}, place); };
    if (list.description.empty()) refuse_at("has no description");
    if (list.layers.empty()) refuse_at("has no [layers.NAME]");
    for (const LayerShape& layer : list.layers) {
        if (layer.height == 0) refuse_at("layer '" + layer.name + "' has no input");
        if (layer.out_channels == 0) refuse_at("layer '" + layer.name + "' has no out_channels");
        const bool depthwise = layer.groups == layer.in_channels && layer.groups == layer.out_channels;
        if (layer.groups != 1 && !depthwise)
            refuse_at("layer '" + layer.name + "': groups must be 1 or the number of input and of output channels");
        if (layer.height + layer.padding_top + layer.padding_bottom < layer.kernel_height ||
            layer.width + layer.padding_left + layer.padding_right < layer.kernel_width)
            refuse_at("layer '" + layer.name + "': the kernel is larger than the padded input");
    }
    const bool aimed =
        std::any_of(list.layers.begin(), list.layers.end(), [](const auto& layer) { return layer.goal; });
    if (!list.goals.empty() && !aimed) refuse_at("has goals, but no layer with goal = true");
}

fs::path find(const std::string& name, const fs::path& recipes_folder) {
    std::error_code error;
    if (fs::path(name).extension() == ".toml" && fs::exists(name, error)) return name;
    const auto files = shape_list_files(recipes_folder);
    std::vector<std::string> names;
    for (const fs::path& file : files) {
        if (file.stem() == name || file.filename() == name) return file;
        names.push_back(file.stem().string());
    }
    throw Error(ExitCode::recipe, "unknown shape list '" + name + "'", suggestion(name, names));
}

}  // namespace

ShapeList parse_shape_list(std::string_view text, const std::string& name, const std::string& place) {
    if (text.size() > largest_file)
        throw Error(ExitCode::recipe, "is larger than 1 MiB", "shape lists are short texts: is this the right file?",
                    place);
    ShapeList list;
    list.name = name;
    for (const TomlValue& value : read_toml(text, place)) set(list, value);
    check(list, place);
    return list;
}

ShapeList load_shape_list(const std::string& name_or_path, const fs::path& recipes_folder) {
    const fs::path path = find(name_or_path, recipes_folder);
    const std::string place = shown_path(path);
    std::string text;
    try {
        text = read_file(path, largest_file);
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(), place);
    }
    return parse_shape_list(text, path.stem().string(), place);
}

std::vector<fs::path> shape_list_files(const fs::path& recipes_folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(recipes_folder / "kernels", error))
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

bool is_shape_list(const fs::path& path) {
    return path.has_parent_path() && path.parent_path().filename() == "kernels";
}

}  // namespace dsqbench
