#include "suite/cli/plugins.h"

#include "quantizers/quantizer.h"
#include "suite/data/dataset.h"
#include "suite/models/network.h"
#include "suite/recipe/matrix.h"
#include "suite/training/setup.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

template <class Entry>
std::vector<Plugin> registered() {
    const auto& registry = Registry<Entry>::instance();
    std::vector<Plugin> plugins;
    for (const std::string& name : registry.names())
        plugins.push_back({name, registry.find(name).summary, registry.place(name)});
    return plugins;
}

std::vector<Contender> contenders_of(const Recipe& recipe) {
    std::vector<Contender> contenders;
    for (const std::string& text : recipe.texts("contenders")) {
        const QuantizerPair pair = complete_pair(text);
        contenders.push_back({text, pair.weight, pair.activation});
    }
    return contenders;
}

}  // namespace

std::vector<Plugin> list_plugins(const std::string& kind) {
    if (kind == "quantizers") return registered<QuantizerEntry>();
    if (kind == "models") return registered<ModelEntry>();
    if (kind == "datasets") return registered<DatasetEntry>();
    return registered<TrickEntry>();
}

void check_recipe_plugins(const Recipe& recipe) {
    try {
        for (const RunRequest& request : expand(recipe, contenders_of(recipe), {}, {0})) check_plugins(request.recipe);
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(),
                    error.place().empty() ? recipe.name() : error.place());
    }
}

}  // namespace dsqbench
