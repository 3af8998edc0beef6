// FP32 pre-training: every contender starts from the same weights, trained once per seed under a recipe of its own and
// shared by its recipe_id.
#include "suite/training/network_state.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class Pretrain : public Trick {
public:
    explicit Pretrain(const TrickContext& context) : weights_(*context.pretrained_weights) {}
    void start(Network& network) override { load_weights(network, weights_, MissingQuantizerState::allowed); }

private:
    std::filesystem::path weights_;
};

std::unique_ptr<Trick> make(const TrickContext& context) {
    if (!context.pretrained_weights) throw Error(ExitCode::failed, "the FP32 pre-training of this run is not there");
    return std::make_unique<Pretrain>(context);
}

const TrickRegistration registration{
    "pretrain", {make, "start from FP32 weights trained on the same data; its options are keys of [training]", {}, 0}};

}  // namespace
}  // namespace dsqbench
