// Progressive bit width: inner layers start with more bits and are reduced stage by stage (QIL, APoT: 5, 4, 3, 2).
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class Progressive : public Trick {
public:
    explicit Progressive(const TrickContext& context) {
        const auto& bits = context.options.at("bits");
        const auto valid = [](const nlohmann::json& item) {
            return item.is_number_integer() && item.get<int>() >= 1 && item.get<int>() <= 8;
        };
        if (!bits.is_array() || bits.empty() || !std::all_of(bits.begin(), bits.end(), valid))
            throw Error(ExitCode::recipe, "tricks.progressive.bits must be a list of bit widths from 1 to 8");
        bits_ = bits.get<std::vector<int>>();
        epochs_per_stage_ = integer_option(context.options, "epochs_per_stage", 1);
    }

    std::optional<int> bits_in_epoch(std::int64_t epoch) const override {
        const auto stage = static_cast<std::size_t>(epoch / epochs_per_stage_);
        return stage < bits_.size() ? std::optional<int>(bits_[stage]) : std::nullopt;
    }

private:
    std::vector<int> bits_;
    std::int64_t epochs_per_stage_ = 1;
};

const TrickRegistration registration{
    "progressive",
    {[](const TrickContext& context) { return std::make_unique<Progressive>(context); },
     "lower the bit width stage by stage before training at the recipe's own",
     {{"bits", "the widths of the stages before the recipe's own, as [8, 4]"},
      {"epochs_per_stage", "epochs in each of these stages; the remaining epochs have the recipe's width"}}}};

}  // namespace
}  // namespace dsqbench
