// Activations with their channels side by side in memory, [N, H, W, C], as tensor cores want them: LibTorch's
// operations keep the layout of the images that a training step starts from. On the CPU the blocked layout of
// suite/blocked, which is faster there, steps aside.
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class ChannelsLast : public Trick {
public:
    at::Tensor forward(const at::Tensor& images, const ForwardPass& network) override {
        // A copy: contiguous() leaves images of one channel as they are.
        return network(at::empty(images.sizes(), images.options(), at::MemoryFormat::ChannelsLast).copy_(images));
    }
};

const TrickRegistration registration{"channels_last",
                                     {[](const TrickContext&) { return std::make_unique<ChannelsLast>(); },
                                      "keep the channels of a pixel side by side, for GPUs",
                                      {},
                                      10}};

}  // namespace
}  // namespace dsqbench
