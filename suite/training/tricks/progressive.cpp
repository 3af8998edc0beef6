// Progressive bit width: inner layers start with more bits and are reduced stage by stage (QIL, APoT: 5, 4, 3, 2).
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class Progressive : public Trick {
public:
    explicit Progressive(const TrickContext& context)
        : bits_(context.options.at("bits").get<std::vector<int>>()),
          epochs_per_stage_(context.options.at("epochs_per_stage")) {}

    std::optional<int> bits_in_epoch(std::int64_t epoch) const override {
        const auto stage = static_cast<std::size_t>(epoch / epochs_per_stage_);
        return stage < bits_.size() ? std::optional<int>(bits_[stage]) : std::nullopt;
    }

private:
    std::vector<int> bits_;
    std::int64_t epochs_per_stage_;
};

bool are_widths(const nlohmann::json& bits) {
    return bits.is_array() && !bits.empty() && std::all_of(bits.begin(), bits.end(), [](const nlohmann::json& width) {
               return width.is_number_integer() && width >= 1 && width <= 8;
           });
}

const TrickRegistration registration{
    "progressive",
    {[](const TrickContext& context) { return std::make_unique<Progressive>(context); },
     "lower the bit width stage by stage before training at the recipe's own",
     {{"bits",
       {"the widths of the stages before the recipe's own", "a list of bit widths from 1 to 8, as [8, 4]", are_widths}},
      {"epochs_per_stage",
       integer_option("epochs in each of these stages; the remaining epochs have the recipe's width", 1)}}}};

}  // namespace
}  // namespace dsqbench
