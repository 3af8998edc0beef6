// Given weights: every contender starts from the same file. The recipe knows them by what they are, the run by where
// `dsqbench run --weights` put them.
#include "suite/models/weights_file.h"
#include "suite/training/network_state.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class Weights : public Trick {
public:
    explicit Weights(std::filesystem::path weights) : weights_(std::move(weights)) {}
    void start(Network& network) override { load_given_weights(network, weights_); }

private:
    std::filesystem::path weights_;
};

std::unique_ptr<Trick> make(const TrickContext& context) {
    const auto& id = context.options.at("sha256");
    if (!context.given_weights)
        throw Error(ExitCode::data, "the weights that this recipe starts from are not there",
                    "name their file: dsqbench run --weights FILE");
    if (nlohmann::json(weights_id(read_weights_file(*context.given_weights))) != id)
        throw Error(ExitCode::data, "are not the weights that the recipe names", "give --weights again",
                    context.given_weights->string());
    return std::make_unique<Weights>(*context.given_weights);
}

const TrickRegistration registration{"weights",
                                     {make,
                                      "start from the weights of a file, which `dsqbench run --weights FILE` names",
                                      {{"sha256",
                                        {"what the weights are known by, whatever kind of file holds them", "a text",
                                         [](const auto& id) { return id.is_string(); }}}},
                                      0}};

}  // namespace
}  // namespace dsqbench
