// `dsqbench bench loader`: how many images of a data set one core reads, decodes and augments a second.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <numeric>

#include "suite/cli/bench_targets.h"
#include "suite/core/clock.h"
#include "suite/data/augmentation.h"
#include "suite/data/stored_images.h"
#include "suite/report/statistics.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string dataset = "imagenet";
    std::int64_t images = 100;
    int rounds = 9;
    bool on_request = false, encoded = false;
};

// What a loader's thread does for a training batch, on one thread and without a queue.
class Preparation {
public:
    explicit Preparation(const Arguments& arguments, const Session& session)
        : count_(arguments.images),
          set_(open(arguments.dataset, session)),
          augmentation_(augmentation_of(arguments.dataset), set_->shape()),
          pixels_(set_->shape().bytes()),
          values_(set_->shape().bytes()) {}

    // The next images, in the data set's order and from its start again at its end. Returns processor seconds.
    double prepare() {
        const double started = processor_seconds();
        for (std::int64_t i = 0; i < count_; ++i) {
            set_->training_image(next_, random_, pixels_.data());
            augmentation_.apply(pixels_.data(), random_, values_.data());
            next_ = (next_ + 1) % set_->size();
        }
        return processor_seconds() - started;
    }

private:
    static std::shared_ptr<const Dataset> open(const std::string& name, const Session& session) {
        return Registry<DatasetEntry>::instance().find(name).open({}, find_dataset(name, session.data_root),
                                                                  Split::train);
    }
    static Augmentation augmentation_of(const std::string& name) {
        const DatasetEntry& entry = Registry<DatasetEntry>::instance().find(name);
        Augmentation augmentation;
        augmentation.flip = true;
        augmentation.mean = entry.mean;
        augmentation.standard_deviation = entry.standard_deviation;
        return augmentation;
    }

    std::int64_t count_, next_ = 0;
    std::shared_ptr<const Dataset> set_;
    PreparedAugmentation augmentation_;
    Random random_{0};
    std::vector<std::uint8_t> pixels_;
    std::vector<float> values_;
};

// All the files of `imagenet`'s training images in an order that training may have, and nothing done with them. Returns
// seconds on the clock, as a disk is waited for.
class Reading {
public:
    explicit Reading(const Session& session)
        : images_(find_dataset("imagenet", session.data_root), Split::train),
          order_(static_cast<std::size_t>(images_.size())) {
        std::iota(order_.begin(), order_.end(), 0);
        Random(0).shuffle(order_);
    }

    double read() {
        const double started = monotonic_seconds();
        bytes_ = 0;
        for (const std::int64_t index : order_) bytes_ += images_.read(index).size();
        return monotonic_seconds() - started;
    }
    std::uint64_t bytes() const { return bytes_; }

private:
    StoredImages images_;
    std::vector<std::int64_t> order_;
    std::uint64_t bytes_ = 0;
};

struct Rates {
    double middle = 0, lowest = 0, highest = 0;
};

// `work()` once to warm up, then once a round.
template <class Work>
Rates rates_of(int rounds, const Work& work) {
    work();
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) rates.push_back(work());
    const auto [lowest, highest] = std::minmax_element(rates.begin(), rates.end());
    return {median(rates), *lowest, *highest};
}

void print_rates(const std::string& what, const Rates& rates, const char* unit, const Session& session) {
    if (session.json)
        print_json({{"what", what},
                    {"unit", unit},
                    {"median", rates.middle},
                    {"lowest", rates.lowest},
                    {"highest", rates.highest}});
    else
        print_result(
            fmt::format("{}: {:.1f} {} [{:.1f}, {:.1f}]\n", what, rates.middle, unit, rates.lowest, rates.highest));
}

void measure(const Arguments& arguments, const Session& session) {
    if (arguments.encoded) {
        Reading reading(session);
        const auto megabytes = [&] {
            const double seconds = reading.read();
            return static_cast<double>(reading.bytes()) / 1e6 / seconds;
        };
        return print_rates("encoded files", rates_of(arguments.rounds, megabytes), "MB/s", session);
    }
    Preparation preparation(arguments, session);
    const auto images = [&] { return static_cast<double>(arguments.images) / preparation.prepare(); };
    print_rates(arguments.dataset + ", one core", rates_of(arguments.rounds, images), "images/s", session);
}

// Does the work for every line of standard input; the seconds on standard output. What scripts/compare_loader takes
// turns with.
template <class Work>
void answer(const Work& work) {
    for (std::string line; std::getline(std::cin, line);) print_result(fmt::format("{:.9f}\n", work()));
}

void answer(const Arguments& arguments, const Session& session) {
    if (arguments.encoded) {
        Reading reading(session);
        return answer([&] { return reading.read(); });
    }
    Preparation preparation(arguments, session);
    answer([&] { return preparation.prepare(); });
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_option(command, "--dataset", arguments->dataset, "see `dsqbench ls datasets`")->capture_default_str();
    add_option(command, "--data-root", session.data_root, "folder that holds the data sets");
    add_option(command, "--images", arguments->images, "of a round")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    add_option(command, "--rounds", arguments->rounds, "after one to warm up")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_flag(command, "--encoded", arguments->encoded, "only read the files of imagenet, all of them in every round");
    add_flag(command, "--on-request", arguments->on_request,
             "do a round for every line of standard input, and print the seconds");
    add_json_flag(command, session);
    command.callback(
        [arguments, &session] { arguments->on_request ? answer(*arguments, session) : measure(*arguments, session); });
}

}  // namespace

const Verb bench_loader_target{"loader", "images that one core reads, decodes and augments", declare};

}  // namespace dsqbench
