#include "suite/cli/given_weights.h"

#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/models/weights_file.h"

namespace dsqbench {

namespace {

constexpr std::size_t sha256_digits = 64;
const std::string option = "tricks.weights.sha256";

// What the recipe knows the weights by; "" when it has none.
std::string weights_named_by(const Recipe& recipe) {
    const auto& tricks = recipe.value("tricks");
    const auto table = tricks.find("weights");
    if (table == tricks.end()) return "";
    const auto id = table->find("sha256");
    if (id == table->end() || !id->is_string() || id->get_ref<const std::string&>().size() != sha256_digits ||
        id->get_ref<const std::string&>().find_first_not_of("0123456789abcdef") != std::string::npos)
        throw Error(ExitCode::recipe, fmt::format("{} must be {} hexadecimal digits", option, sha256_digits),
                    "--weights FILE fills it in", recipe.origin("tricks"));
    return *id;
}

}  // namespace

std::optional<std::filesystem::path> given_weights_path(const Recipe& recipe,
                                                        const std::filesystem::path& runs_folder) {
    const std::string id = weights_named_by(recipe);
    if (id.empty()) return std::nullopt;
    return runs_folder / "weights" / (id + ".safetensors");
}

void take_given_weights(Recipe& recipe, const std::filesystem::path& file, const std::filesystem::path& runs_folder) {
    if (!file.empty()) {
        const TensorFile weights = read_weights_file(file);
        const std::string id = weights_id(weights), named = weights_named_by(recipe);
        if (!named.empty() && named != id)
            throw Error(ExitCode::data, fmt::format("these are the weights {}, the recipe starts from {}", id, named),
                        {}, file.string());
        recipe.set("tricks.pretrain", false, "--weights");  // they stand for it
        recipe.set(option, id, "--weights");
        recipe.check_consistency();
        const auto path = *given_weights_path(recipe, runs_folder);
        if (!std::filesystem::exists(path)) write_safetensors(path, weights);
    }
    const auto path = given_weights_path(recipe, runs_folder);
    if (path && !std::filesystem::exists(*path))
        throw Error(ExitCode::data, "the weights that the recipe starts from are not there",
                    "name a file that holds them: --weights FILE", path->string());
}

}  // namespace dsqbench
