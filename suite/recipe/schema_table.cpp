#include "suite/recipe/schema.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

constexpr double unlimited = std::numeric_limits<double>::infinity();
constexpr double largest_seed = 9007199254740991;  // 2^53 - 1: exact in every reader of JSON
constexpr double most_images = 1e9;

struct Bounds {
    double minimum = -unlimited, maximum = unlimited;
};

Key make(ValueType type, std::string name, Json default_value, std::string meaning) {
    Key key;
    key.type = type;
    key.name = std::move(name);
    key.default_value = std::move(default_value);
    key.meaning = std::move(meaning);
    return key;
}

Key number(ValueType type, const char* name, Json default_value, Bounds bounds, const char* meaning) {
    Key key = make(type, name, std::move(default_value), meaning);
    key.minimum = bounds.minimum;
    key.maximum = bounds.maximum;
    return key;
}

Key integer(const char* name, std::int64_t default_value, Bounds bounds, const char* meaning) {
    return number(ValueType::integer, name, default_value, bounds, meaning);
}

Key real(const char* name, double default_value, Bounds bounds, const char* meaning) {
    return number(ValueType::real, name, default_value, bounds, meaning);
}

Key text(const char* name, const char* default_value, const char* meaning) {
    return make(ValueType::text, name, default_value, meaning);
}

// The first choice is not always the default.
Key choice(const char* name, const char* default_value, std::vector<std::string> choices, const char* meaning) {
    Key key = text(name, default_value, meaning);
    key.choices = std::move(choices);
    return key;
}

Key late(Key key) {
    key.is_late = true;
    return key;
}

Key in(const char* unit, Key key) {
    key.unit = unit;
    return key;
}

Key of_group(KeyGroup group, Key key) {
    key.group = group;
    return key;
}

Key bits(const char* name, const char* meaning) {
    Key key = in("bits", integer(name, 2, {1, 8}, meaning));
    key.also_allowed = {32};
    return key;
}

Key synthetic_channels() {
    Key key = in("channels", integer("data.synthetic_channels", 3, {1, 1}, "colour channels of the synthetic images"));
    key.also_allowed = {3};
    return key;
}

std::vector<Key> study_keys() {
    const auto study = [](Key key) { return of_group(KeyGroup::study, std::move(key)); };
    return {
        study(text("description", "", "what the recipe is for")),
        study(make(ValueType::text_list, "contenders", Json::array({"fp32", "ste", "dorefa", "pact", "dsq"}),
                   "the quantizers to compare; 'dorefa/pact' names one for weights and one for activations")),
        study(text("seeds", "0", "the seeds to train with: '0..4' or '1,3'")),
        study(make(ValueType::option_tables, "expect", Json::object(),
                   "published results by contender: value and tolerance in % top-1, and their source")),
    };
}

std::vector<Key> design_keys() {
    const auto study = [](Key key) { return of_group(KeyGroup::study, std::move(key)); };
    return {
        study(make(ValueType::option_tables, "design.factors", Json::object(),
                   "the factors of `dsqbench ablate`, each with its group (\"algorithm\" or \"recipe\"), its meaning, "
                   "and the settings of its levels old and new: \"training.schedule=cosine\", \"era=pact-2018\"")),
        study(make(ValueType::options, "design.quantizers", Json::object(),
                   "the contender for every combination of the factors that choose it, new ones joined by '+': "
                   "none = \"ste\"")),
        study(choice("design.fraction", "full", {"full", "half"},
                     "all cells, or the half of resolution V for five factors and more")),
        study(in("% top-1", real("design.margin", 0.2, {above_zero, 100},
                                 "below this an algorithm's effect counts as none, stated beforehand"))),
    };
}

std::vector<Key> data_keys() {
    return {
        text("data.name", "synthetic", "the data set (`dsqbench ls datasets`)"),
        in("images", integer("data.train_images", 0, {0, most_images},
                             "size of the training set, a random subset of all images; 0 for all")),
        in("images", integer("data.validation_images", 0, {0, most_images},
                             "images held out of the training set, before the subset is drawn")),
        integer("data.split_seed", 0, {0, largest_seed}, "draws the held-out images and the subset"),
        choice("data.evaluate_on", "test", {"test", "validation"}, "the images that top-1 is measured on"),
        late(in("pixels", integer("data.image_size", 224, {32, 1024},
                                  "height and width of what the network sees of images of any size (`imagenet`)"))),
        late(in("pixels", integer("data.resize", 256, {32, 1024},
                                  "such images' shorter side before the centre is cut out for evaluation"))),
        late(choice("data.damaged_images", "refuse", {"refuse", "fill"},
                    "such images that break off end the run, or are grey from there on; each is named")),
        in("images",
           integer("data.synthetic_train_images", 2048, {1, 1e6}, "size of the synthetic data set's training set")),
        in("images", integer("data.synthetic_test_images", 512, {1, 1e6}, "size of the synthetic data set's test set")),
        in("classes", integer("data.synthetic_classes", 10, {2, 1000}, "classes of the synthetic data set")),
        synthetic_channels(),
        in("pixels", integer("data.synthetic_size", 32, {8, 256}, "height and width of the synthetic images")),
        integer("data.synthetic_seed", 0, {0, largest_seed}, "draws the synthetic images"),
    };
}

std::vector<Key> augment_keys() {
    return {
        in("pixels", integer("augment.pad", 4, {0, 16},
                             "border that a training image gets before a crop of its own size is drawn")),
        make(ValueType::boolean, "augment.flip", true, "mirror a training image with probability 1/2"),
        late(in("of the area", real("augment.smallest_area", 0.08, {above_zero, 1},
                                    "a training crop of images of any size covers this at least"))),
        late(real("augment.color_jitter", 0, {0, 1},
                  "brightness, contrast and saturation of such images are multiplied by 1 - this to 1 + this")),
        number(ValueType::real_list, "augment.mean", Json::array(), {},
               "subtracted from pixels in [0, 1], per channel; empty for the data set's own"),
        number(ValueType::real_list, "augment.standard_deviation", Json::array(), {above_zero, unlimited},
               "divides the pixels, per channel; empty for the data set's own"),
    };
}

std::vector<Key> model_keys() {
    return {
        text("model.name", "resnet20", "the network (`dsqbench ls models`)"),
        in("channels", integer("model.width", 16, {1, 1024}, "channels of the network's first stage")),
    };
}

std::vector<Key> quantization_keys() {
    const auto quantizer = [](Key key) { return of_group(KeyGroup::quantizer, std::move(key)); };
    const std::vector<std::string> policies{"fp32", "8bit", "same"};
    return {
        quantizer(text("quantization.weight", "fp32", "the quantizer of weights (`dsqbench ls quantizers`)")),
        quantizer(text("quantization.activation", "fp32", "the quantizer of activations")),
        bits("quantization.weight_bits", "bits of a weight; 32 leaves weights as they are"),
        bits("quantization.activation_bits", "bits of an activation; 32 leaves activations as they are"),
        choice("quantization.first_layer", "8bit", policies,
               "the first layer: not quantized, to 8 bits, or like the others"),
        choice("quantization.last_layer", "8bit", policies, "the last layer, in the same way"),
        choice("quantization.shortcuts", "same", {"same", "fp32"}, "convolutions in shortcuts: like the others or not"),
        choice("quantization.weight_ranges", "tensor", {"tensor", "channel"},
               "one weight range a layer, or one an output channel"),
        in("images", integer("quantization.calibration_images", 256, {1, 1e6},
                             "training images that the first activation ranges are fitted to")),
        make(ValueType::options, "quantization.options", Json::object(),
             "options of single quantizers: dsq.eq13 = \"soft\""),
    };
}

std::vector<Key> optimizer_keys() {
    return {
        choice("training.optimizer", "sgd", {"sgd", "adam", "adamw"}, "how gradients become steps"),
        real("training.learning_rate", 0.1, {above_zero, 1000}, "step size after the warm-up"),
        real("training.momentum", 0.9, {0, below_one}, "momentum of sgd"),
        make(ValueType::boolean, "training.nesterov", true, "Nesterov's momentum, for sgd"),
        real("training.beta1", 0.9, {0, below_one}, "decay of the mean gradient, for adam and adamw"),
        real("training.beta2", 0.999, {0, below_one}, "decay of the mean squared gradient, for adam and adamw"),
        real("training.epsilon", 1e-8, {above_zero, 1}, "added to the divisor, for adam and adamw"),
        real("training.weight_decay", 1e-4, {0, 1}, "of the weights of convolutions and linear layers"),
        real("training.weight_decay_norm", 0, {0, 1}, "of batch-norm scales and shifts, and of biases"),
        real("training.weight_decay_quantizer", 0, {0, 1}, "of the quantizers' parameters"),
        real("training.quantizer_learning_rate_scale", 1, {0, 1000},
             "factor on the learning rate of the quantizers' parameters"),
    };
}

std::vector<Key> schedule_keys() {
    return {
        in("epochs", integer("training.epochs", 2, {1, 10000}, "how often every training image is seen")),
        in("images", integer("training.batch_size", 128, {1, 65536},
                             "images of one step, over all processes that train together")),
        late(make(ValueType::boolean, "training.sync_batch_norm", true,
                  "batch normalisation over all of a batch; false: each process normalises its own part, and results "
                  "depend on how many there are")),
        choice("training.schedule", "cosine", {"step", "linear", "cosine", "constant"},
               "how the learning rate falls after the warm-up"),
        in("epochs", real("training.warmup_epochs", 0, {0, 10000}, "the learning rate climbs linearly for so long")),
        in("epochs", number(ValueType::integer_list, "training.milestones", Json::array(), {1, 10000},
                            "when the schedule step multiplies the learning rate by gamma")),
        real("training.gamma", 0.1, {above_zero, 1}, "factor of the schedule step"),
        real("training.final_learning_rate", 0, {0, 1000}, "where the schedules linear and cosine end"),
    };
}

std::vector<Key> trick_keys() {
    return {
        make(ValueType::option_tables, "tricks", Json::object(),
             "training tricks with their options (`dsqbench ls tricks`): a trick is on when its table is there, and "
             "tricks.<name> = false switches an inherited one off")};
}

std::vector<Key> all_keys() {
    std::vector<Key> keys;
    for (const auto section : {study_keys, design_keys, data_keys, augment_keys, model_keys, quantization_keys,
                               schedule_keys, optimizer_keys, trick_keys})
        for (Key& key : section()) keys.push_back(std::move(key));
    return keys;
}

}  // namespace

const std::vector<Key>& schema() {
    static const std::vector<Key> keys = all_keys();
    return keys;
}

}  // namespace dsqbench
