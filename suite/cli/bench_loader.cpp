// `dsqbench bench loader`: how many images of a data set one core reads, decodes and augments a second, in turn with
// other programs that do the same.
#include <fmt/format.h>

#include <functional>
#include <iostream>
#include <memory>
#include <numeric>

#include "suite/cli/bench_targets.h"
#include "suite/cli/throughput_turns.h"
#include "suite/core/clock.h"
#include "suite/core/shell.h"
#include "suite/data/augmentation.h"
#include "suite/data/stored_images.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string dataset = "imagenet";
    std::int64_t images = 100;
    int rounds = 9;
    bool on_request = false, encoded = false;
    std::vector<std::string> rivals;  // NAME=COMMAND
    std::string results, repeated_by;
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

    std::int64_t images() const { return set_->size(); }
    std::string fingerprint() const { return set_->fingerprint(); }

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
        read();
    }

    double read() {
        const double started = monotonic_seconds();
        bytes_ = 0;
        for (const std::int64_t index : order_) bytes_ += images_.read(index).size();
        return monotonic_seconds() - started;
    }
    std::int64_t files() const { return images_.size(); }
    double megabytes() const { return static_cast<double>(bytes_) / 1e6; }

private:
    StoredImages images_;
    std::vector<std::int64_t> order_;
    std::uint64_t bytes_ = 0;
};

// What is measured: a round of it returns its seconds.
struct Work {
    Throughput about;  // all but the rounds
    std::function<double()> round;
};

Work reading_of(const Session& session) {
    const auto reading = std::make_shared<Reading>(session);
    Work work;
    work.about.workload = "reading";
    work.about.input = fmt::format("imagenet, {} files of {:.1f} MB", reading->files(), reading->megabytes());
    work.about.unit = "MB/s";
    work.about.units = reading->megabytes();
    work.about.clock = Throughput::Clock::wall;
    work.round = [reading] { return reading->read(); };
    return work;
}

Work preparation_of(const Arguments& arguments, const Session& session) {
    const auto preparation = std::make_shared<Preparation>(arguments, session);
    Work work;
    work.about.workload = "image preparation";
    work.about.input = fmt::format("{}, {} images, fingerprint {:.12}", arguments.dataset, preparation->images(),
                                   preparation->fingerprint());
    work.about.unit = "images/s";
    work.about.units = static_cast<double>(arguments.images);
    work.about.clock = Throughput::Clock::processor;
    work.round = [preparation] { return preparation->prepare(); };
    return work;
}

Work work_of(const Arguments& arguments, const Session& session) {
    return arguments.encoded ? reading_of(session) : preparation_of(arguments, session);
}

std::string command_of(const Arguments& arguments, const Session& session) {
    if (!arguments.repeated_by.empty()) return arguments.repeated_by;
    std::string command = "dsqbench bench loader";
    if (!session.data_root.empty()) command += " --data-root " + shell_word(session.data_root.string());
    command += arguments.encoded
                   ? " --encoded"
                   : fmt::format(" --dataset {} --images {}", shell_word(arguments.dataset), arguments.images);
    for (const auto& rival : arguments.rivals) command += " --against " + shell_word(rival);
    return command + fmt::format(" --rounds {}", arguments.rounds);
}

void measure(const Arguments& arguments, const Session& session) {
    Work work = work_of(arguments, session);
    work.about.command = command_of(arguments, session);
    std::vector<TurnSide> sides;
    for (const auto& text : arguments.rivals) sides.push_back(rival_of(text));
    const auto rivals = take_turns(work.about, work.round, sides, arguments.rounds);
    finish_throughput(throughput_rows(work.about, rivals), arguments.results, session);
}

// Does the work for every line of standard input; the seconds on standard output. What a benchmark takes turns with.
void answer(const Arguments& arguments, const Session& session) {
    const Work work = work_of(arguments, session);
    for (std::string line; std::getline(std::cin, line);) print_result(fmt::format("{:.9f}\n", work.round()));
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
    add_option(command, "--against", arguments->rivals,
               "NAME=COMMAND: take turns with a program that does a round for every line of its standard input and "
               "prints the seconds; may be given again")
        ->allow_extra_args(false);
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_option(command, "--repeated-by", arguments->repeated_by,
               "what rows name as the command that repeats them, where a script calls this one");
    add_flag(command, "--on-request", arguments->on_request,
             "do a round for every line of standard input, and print the seconds");
    add_json_flag(command, session);
    command.callback(
        [arguments, &session] { arguments->on_request ? answer(*arguments, session) : measure(*arguments, session); });
}

}  // namespace

const Verb bench_loader_target{"loader", "images that one core reads, decodes and augments", declare};

}  // namespace dsqbench
