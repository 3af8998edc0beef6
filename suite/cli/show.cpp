// `dsqbench show`: a resolved recipe with the origin of every value, the reference of all recipe keys, stored results,
// or published numbers.
#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/comparisons.h"
#include "suite/cli/folders.h"
#include "suite/cli/verbs.h"
#include "suite/recipe/documentation.h"
#include "suite/recipe/era.h"
#include "suite/recipe/recipe_files.h"
#include "suite/record/row_line.h"
#include "suite/report/published.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

enum class Detail { values, explanations };

struct RecipeArguments {
    std::string recipe, era;
    std::vector<std::string> overrides;
    bool explain = false;
};

Json described(const Key& key) {
    return {{"name", key.name},
            {"values", allowed_values(key)},
            {"default", key.default_value},
            {"unit", key.unit},
            {"meaning", key.meaning}};
}

Json as_json(const Recipe& recipe, Detail detail) {
    Json values = Json::object();
    for (const ListedValue& line : listed_values(recipe)) {
        Json& entry = values[line.name] = {{"value", line.value}, {"origin", line.origin}};
        if (detail == Detail::explanations) entry["key"] = described(*line.key);
    }
    return {{"name", recipe.name()},
            {"recipe_id", recipe.recipe_id()},
            {"protocol_id", recipe.protocol_id()},
            {"values", values}};
}

std::string as_text(const Recipe& recipe, Detail detail) {
    const auto lines = listed_values(recipe);
    std::size_t name_width = 0, value_width = 0;
    for (const ListedValue& line : lines) {
        name_width = std::max(name_width, line.name.size());
        value_width = std::max(value_width, std::min<std::size_t>(line.value.dump().size(), 32));
    }
    std::string text = fmt::format("recipe       {}\nrecipe_id    {}\nprotocol_id  {}\n\n", recipe.name(),
                                   recipe.recipe_id(), recipe.protocol_id());
    for (const ListedValue& line : lines) {
        text += fmt::format("{:<{}}  {:<{}}  {}\n", line.name, name_width, line.value.dump(), value_width, line.origin);
        if (detail == Detail::explanations) text += "    " + explanation(*line.key) + "\n";
    }
    return text;
}

void show_recipe(const RecipeArguments& arguments, const Session& session) {
    const auto folder = recipes_folder_of(session);
    const Recipe recipe = load_recipe_of_era(arguments.recipe, folder, arguments.era, arguments.overrides);
    const Detail detail = arguments.explain ? Detail::explanations : Detail::values;
    if (session.json)
        print_json(as_json(recipe, detail));
    else
        print_result(as_text(recipe, detail));
}

void show_keys(const Session& session) {
    if (session.json) {
        Json keys = Json::array();
        for (const Key& key : schema()) keys.push_back(described(key));
        return print_json(keys);
    }
    std::string text;
    for (const Key& key : schema())
        text += fmt::format("{} = {}\n    {}\n", key.name, key.default_value.dump(), explanation(key));
    print_result(text);
}

struct ResultArguments {
    std::string recipe;
    bool markdown = false;
};

void show_results(const ResultArguments& arguments, const Session& session) {
    const std::string name = recipe_name_of(arguments.recipe, recipes_folder_of(session));
    const auto rows = ResultStore::with_rows(session.results_folder).read_where([&](const RowLine& row) {
        return row.text("recipe") == name && row.is_true("publishable");
    });
    if (rows.empty())
        throw Error(ExitCode::data, fmt::format("no publishable row of recipe '{}'", name),
                    fmt::format("make some with `dsqbench run --recipe {}`", arguments.recipe),
                    session.results_folder.string());
    print_comparisons(compare_by_protocol(rows), arguments.markdown ? TableFormat::markdown : TableFormat::terminal,
                      session);
}

struct PublishedArguments {
    std::string dataset, model, method;
    bool markdown = false;
};

bool is_asked_for(const PublishedNumber& number, const PublishedArguments& arguments) {
    const auto agrees = [](const std::string& wanted, const std::string& value) {
        return wanted.empty() || wanted == value;
    };
    return agrees(arguments.dataset, number.dataset) && agrees(arguments.model, number.model) &&
           agrees(arguments.method, number.method);
}

void show_published(const PublishedArguments& arguments, const Session& session) {
    const auto folder = published_folder_of(session);
    std::vector<PublishedNumber> numbers;
    for (const auto& number : published_in(folder))
        if (is_asked_for(number, arguments)) numbers.push_back(number);
    if (numbers.empty())
        throw Error(ExitCode::data, "no such published number", "without options all of them are shown",
                    folder.string());
    if (session.json) return print_json(to_json(numbers));
    print_result(arguments.markdown ? format_markdown(numbers) : format_table(numbers));
}

void declare_recipe(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<RecipeArguments>();
    command.add_option("recipe", arguments->recipe, "a recipe's name, or a path to one")->required();
    add_option(command, "--set", arguments->overrides, "override a recipe key: training.epochs=3")
        ->allow_extra_args(false);
    add_option(command, "--era", arguments->era, "as trained in a published recipe: see `dsqbench ls eras`");
    add_flag(command, "--explain", arguments->explain, "say what each key means and may be");
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    command.callback([arguments, &session] { show_recipe(*arguments, session); });
}

void declare_keys(CLI::App& command, Session& session) {
    const auto markdown = std::make_shared<bool>(false);
    add_flag(command, "--markdown", *markdown, "print docs/recipes.md");
    add_json_flag(command, session);
    command.callback([markdown, &session] { *markdown ? print_result(recipe_reference()) : show_keys(session); });
}

void declare_results(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<ResultArguments>();
    command.add_option("recipe", arguments->recipe, "a recipe's name")->required();
    add_flag(command, "--markdown", arguments->markdown, "print a Markdown table");
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_json_flag(command, session);
    command.callback([arguments, &session] { show_results(*arguments, session); });
}

void declare_published(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<PublishedArguments>();
    add_option(command, "--dataset", arguments->dataset, "only those on this data set");
    add_option(command, "--model", arguments->model, "only those of this network");
    add_option(command, "--method", arguments->method, "only those of this method, named as in the paper");
    add_flag(command, "--markdown", arguments->markdown, "print a Markdown table");
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_json_flag(command, session);
    command.callback([arguments, &session] { show_published(*arguments, session); });
}

void declare(CLI::App& command, Session& session) {
    command.require_subcommand(1);
    declare_recipe(*command.add_subcommand("recipe", "a resolved recipe and where each value comes from"), session);
    declare_keys(*command.add_subcommand("keys", "every key that a recipe may set"), session);
    declare_results(*command.add_subcommand("results", "stored rows of a recipe, contenders side by side"), session);
    declare_published(*command.add_subcommand("published", "what papers report, with source and confidence"), session);
}

}  // namespace

const Verb show_verb{"show", "show a resolved recipe, all recipe keys, stored results, or published numbers", declare};

}  // namespace dsqbench
