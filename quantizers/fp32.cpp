// Full precision: the network without a quantizer in this place.
// Decision: it is a quantizer like the others, so that a recipe names it like the others, but it has no grid, and
// models leave it out.
#include <stdexcept>

#include "quantizers/quantizer.h"

namespace dsqbench {
namespace {

class Fp32 : public Quantizer {
public:
    explicit Fp32(const QuantizerSettings& settings) : Quantizer(settings) {}

    bool is_identity() const override { return true; }
    Grid grid() const override { throw std::logic_error("fp32 has no grid"); }
    at::Tensor surrogate(const at::Tensor& x) const override { return x.detach(); }
    nlohmann::json describe() const override {
        nlohmann::json description = describe_as("fp32");
        description["bits"] = 32;
        return description;
    }
    std::map<std::string, double> state_summary() const override { return {}; }

protected:
    void fit(const at::Tensor& /*x*/) override {}
    at::Tensor fake_quantize(const at::Tensor& x) override { return x; }
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<Fp32>;
    entry.summary = "full precision: no quantization";
    entry.highest_bits = 32;
    return entry;
}

const QuantizerRegistration registration{"fp32", entry()};

}  // namespace
}  // namespace dsqbench
