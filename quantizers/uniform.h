// What STE, STE with learned ranges and the DSQ family share: levels l + i (u - l) / (2^bits - 1) on a range that is
// either tracked by statistics or learned by gradient (the two ways of section 3.4 of Gong et al. 2019). A contender
// adds its step.
#pragma once

#include "quantizers/range.h"
#include "quantizers/staircase.h"

namespace dsqbench {

enum class RangeSource {
    tracked,  // weights: fitted to the current tensor; activations: moving average over batches. Frozen in evaluation
    learned,  // fitted once, then l and u are parameters
};

struct UniformDesign {
    std::string name;
    RangeSource source = RangeSource::tracked;
    RangeRule rule = RangeRule::min_max;
};

class UniformQuantizer : public Quantizer {
public:
    UniformQuantizer(const QuantizerSettings& settings, UniformDesign design);

    Grid grid() const override { return staircase().grid; }
    void project() override;
    nlohmann::json describe() const override;
    std::map<std::string, double> state_summary() const override;

protected:
    void fit(const at::Tensor& x) override;
    at::Tensor fake_quantize(const at::Tensor& x) final;
    FusedSite fused_site(const SiteInput& input) final;

    // The staircase on the range as it is now, made valid.
    virtual Staircase staircase() const;
    // The forward pass, differentiable.
    virtual at::Tensor quantize(const at::Tensor& x) = 0;
    virtual FusedSite fused_quantize() { return {}; }

    // Undefined l and u when they are not learned.
    StaircaseParameters learned_range() const;

private:
    void track(const Range& range);

    UniformDesign design_;
    at::Tensor l_, u_;
};

// The rest, from a step of staircase.h.
template <class Step>
class SteppedQuantizer : public UniformQuantizer {
public:
    using UniformQuantizer::UniformQuantizer;

    at::Tensor surrogate(const at::Tensor& x) const override {
        const at::NoGradGuard no_gradient;
        return soft_staircase<Step>(x, staircase(), alpha());
    }

protected:
    // The step's alpha, learned or not; undefined when it has none.
    virtual at::Tensor alpha() const { return {}; }
    virtual RangeGradient range_gradient() const { return RangeGradient::hard; }

    at::Tensor quantize(const at::Tensor& x) override {
        return quantize_on<Step>(x, staircase(), parameters(), range_gradient());
    }
    FusedSite fused_quantize() override { return fused_site_on<Step>(staircase(), parameters(), range_gradient()); }

private:
    StaircaseParameters parameters() const {
        StaircaseParameters parameters = learned_range();
        parameters.alpha = alpha();
        return parameters;
    }
};

}  // namespace dsqbench
