// The network of a run: the same for every contender but for what stands at its quantization sites.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "suite/core/registry.h"
#include "suite/models/batch_norm.h"
#include "suite/models/layers.h"

namespace dsqbench {

struct ModelSettings {
    std::int64_t in_channels = 3, image_size = 32;  // square images
    std::int64_t classes = 10;
    std::int64_t width = 16;  // channels of the first stage
    QuantizationSettings quantization;
};

struct NamedLayer {
    std::string name;  // "layer1.0.conv1"
    QuantizedLayer* layer;
};

// What forward() computes, for those who compute it otherwise: nodes in the order of the forward pass, each reading the
// output of another (-1: the images).
struct LayerNode {
    QuantizedLayer* layer = nullptr;
    BatchNorm2d* norm = nullptr;       // null for linear layers
    std::optional<int> shortcut = {};  // node that is added after the normalisation
    bool has_relu = true;
};
struct MaxPoolNode {
    std::int64_t kernel = 2, stride = 2, padding = 0;
};
struct MeanPoolNode {};
struct NetworkNode {
    int input = -1;
    std::variant<LayerNode, MaxPoolNode, MeanPoolNode> operation;
};

// Parameters and buffers carry torchvision's names where torchvision has the layer.
class Network : public torch::nn::Module {
public:
    // [N, in_channels, image_size, image_size] -> logits [N, classes]
    virtual at::Tensor forward(const at::Tensor& images) = 0;

    // Every convolution and linear layer, in the order of the forward pass. They live as long as the network.
    std::vector<NamedLayer> layers();

    // Throws Error(unavailable) where a network does not say.
    virtual std::vector<NetworkNode> nodes();

    // From now on the images of forward() are this rank's part of a batch of `group`, and what training measures of a
    // batch is of all of it. `norms` says whether batch normalisation looks beyond the part. Null: they are all of it.
    enum class Norms { of_the_whole, of_the_part };
    void join(const std::shared_ptr<const RankGroup>& group, Norms norms);

    // Called after every optimizer step: quantizers restore their constraints.
    void project();

    // The sum of the quantizers' terms of the loss; undefined when none has one.
    at::Tensor penalty();

private:
    // By layer, weight before activation; looked up once, as the tree of modules is slow to walk.
    const std::vector<std::shared_ptr<Quantizer>>& quantizers();

    std::vector<std::shared_ptr<Quantizer>> quantizers_;
    bool has_quantizers_ = false;
};

struct ModelEntry {
    static constexpr const char* kind = "model";
    std::function<std::shared_ptr<Network>(const ModelSettings&)> make;
    std::string summary;
};

using ModelRegistration = Registration<ModelEntry>;

// Makes the model and fills its parameters from streams named after them, so that a seed means the same initial weights
// for every contender, machine and library version: convolutions normal with variance 2 / fan_out (He et al. 2015, as
// torchvision), linear weights normal with variance 1 / (3 fan_in) (PyTorch's default, which is uniform), batch
// normalisation 1 and 0, biases 0.
std::shared_ptr<Network> make_network(const std::string& model, const ModelSettings& settings, std::uint64_t seed);

}  // namespace dsqbench
