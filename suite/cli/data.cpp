// `dsqbench data`: which data sets there are, where they lie, what they hold, and large ones in fewer files.
#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/verb.h"
#include "suite/cli/verbs.h"
#include "suite/core/progress.h"
#include "suite/data/dataset.h"
#include "suite/data/pack.h"
#include "suite/data/statistics.h"

namespace dsqbench {
namespace {

const DatasetEntry& entry_of(const std::string& name) {
    return Registry<DatasetEntry>::instance().find(name);
}

struct Location {
    bool found = false;
    std::string text;  // the folder, or what to do to have one
};

Location location_of(const std::string& name, const Session& session) {
    if (entry_of(name).files.empty()) return {true, "made on the spot"};
    try {
        return {true, find_dataset(name, session.data_root).string()};
    } catch (const Error& error) {
        if (error.code() != ExitCode::data) throw;
        return {false, entry_of(name).how_to_get};
    }
}

void list(const Session& session) {
    nlohmann::json rows = nlohmann::json::array();
    std::string text;
    for (const auto& name : Registry<DatasetEntry>::instance().names()) {
        const Location location = location_of(name, session);
        rows.push_back({{"name", name},
                        {"summary", entry_of(name).summary},
                        {"found", location.found},
                        {location.found ? "folder" : "how_to_get", location.text}});
        text += fmt::format("{:<14} {}\n{:<14} {}: {}\n", name, entry_of(name).summary, "",
                            location.found ? "found" : "not found; get it with", location.text);
    }
    session.json ? print_json(rows) : print_result(text);
}

struct Checked {
    std::shared_ptr<const Dataset> dataset;
    DatasetStatistics statistics;
};

Checked check_split(const std::string& name, const std::filesystem::path& folder, Split split) {
    auto dataset = entry_of(name).open({}, folder, split);
    auto statistics = measure(*dataset);
    return {std::move(dataset), std::move(statistics)};
}

nlohmann::json as_json(const Checked& checked) {
    const ImageShape shape = checked.dataset->shape();
    return {{"images", checked.dataset->size()},     {"shape", {shape.channels, shape.height, shape.width}},
            {"classes", checked.dataset->classes()}, {"images_per_class", checked.statistics.images_per_class},
            {"mean", checked.statistics.mean},       {"standard_deviation", checked.statistics.standard_deviation},
            {"source", checked.dataset->source()},   {"fingerprint", checked.dataset->fingerprint()}};
}

std::string as_text(const char* split, const Checked& checked) {
    const Dataset& dataset = *checked.dataset;
    const ImageShape shape = dataset.shape();
    const DatasetStatistics& statistics = checked.statistics;
    return fmt::format(
        "{}: {} images of {}x{}x{} in {} classes, from {}\n"
        "  images per class    {}\n  mean                {:.4f}\n  standard deviation  {:.4f}\n  fingerprint         "
        "{}\n",
        split, dataset.size(), shape.channels, shape.height, shape.width, dataset.classes(), dataset.source(),
        fmt::join(statistics.images_per_class, " "), fmt::join(statistics.mean, " "),
        fmt::join(statistics.standard_deviation, " "), dataset.fingerprint());
}

void refuse_wrong_size(const std::string& name, Split split, const Dataset& dataset,
                       const std::filesystem::path& folder) {
    const std::string wrong = wrong_size(name, split, dataset);
    if (wrong.empty()) return;
    throw Error(ExitCode::data, fmt::format("is not the whole of {}: {}", name, wrong),
                "rows of it cannot be published; a set of your own is an 'image-folder' in the recipe",
                folder.string());
}

void check(const std::string& name, const Session& session) {
    const std::filesystem::path folder = find_dataset(name, session.data_root);
    const Checked train = check_split(name, folder, Split::train), test = check_split(name, folder, Split::test);
    if (session.json) {
        print_json({{"name", name}, {"folder", folder.string()}, {"train", as_json(train)}, {"test", as_json(test)}});
    } else {
        const std::string place = folder.empty() ? "" : " in " + folder.string();
        const DatasetEntry& entry = entry_of(name);
        print_result(fmt::format("{}{}\n{}{}recipes use mean [{}], standard deviation [{}] unless they say otherwise\n",
                                 name, place, as_text("train", train), as_text("test", test),
                                 fmt::join(entry.mean, ", "), fmt::join(entry.standard_deviation, ", ")));
    }
    refuse_wrong_size(name, Split::train, *train.dataset, folder);
    refuse_wrong_size(name, Split::test, *test.dataset, folder);
}

struct PackArguments {
    std::string name = "imagenet";
    std::filesystem::path target;
    double archive_megabytes = 1024;
};

void pack_split(const PackArguments& arguments, const std::filesystem::path& folder, Split split,
                nlohmann::json& json) {
    const char* name = split == Split::train ? "train" : "val";
    Progress progress;
    const std::size_t task = progress.add(name);
    PackOptions options;
    options.archive_bytes = static_cast<std::uint64_t>(arguments.archive_megabytes * 1e6);
    options.on_progress = [&](double fraction) { progress.update(task, fraction, ""); };
    const Packed packed = pack(StoredImages(folder, split), arguments.target / arguments.name / name, options);
    progress.finish(task, "done");
    json[name] = {{"images", packed.images}, {"archives", packed.archives}, {"bytes", packed.bytes}};
}

void pack_set(const PackArguments& arguments, const Session& session) {
    const std::filesystem::path folder = find_dataset(arguments.name, session.data_root);
    nlohmann::json json{{"folder", (arguments.target / arguments.name).string()}};
    for (const Split split : {Split::train, Split::test}) pack_split(arguments, folder, split, json);
    if (session.json) return print_json(json);
    std::string text = json["folder"].get<std::string>() + "\n";
    for (const char* split : {"train", "val"})
        text += fmt::format("  {:<5} {} images, {} archives, {:.1f} MB\n", split, json[split]["images"].get<int>(),
                            json[split]["archives"].get<int>(), json[split]["bytes"].get<double>() / 1e6);
    print_result(text);
}

void add_options(CLI::App& command, Session& session) {
    add_json_flag(command, session);
    add_option(command, "--data-root", session.data_root, "folder that holds the data sets");
}

void declare(CLI::App& command, Session& session) {
    command.require_subcommand(1);
    CLI::App* ls = command.add_subcommand("ls", "lists the known data sets and where they lie");
    add_options(*ls, session);
    ls->callback([&session] { list(session); });

    CLI::App* inspect = command.add_subcommand("check", "reads a data set whole and says what it holds");
    add_options(*inspect, session);
    const auto name = std::make_shared<std::string>();
    inspect->add_option("name", *name, "data set")->required();
    inspect->callback([name, &session] { check(*name, session); });

    CLI::App* packing = command.add_subcommand("pack", "writes a data set of large images as a few tar archives");
    add_options(*packing, session);
    const auto arguments = std::make_shared<PackArguments>();
    packing->add_option("name", arguments->name, "data set")->capture_default_str()->check(CLI::IsMember({"imagenet"}));
    add_option(*packing, "--out", arguments->target, "the new data root: DIR/imagenet/train and val are made")
        ->required();
    add_option(*packing, "--archive-megabytes", arguments->archive_megabytes, "size at which the next archive begins")
        ->check(CLI::Range(1.0, 1e6))
        ->capture_default_str();
    packing->callback([arguments, &session] { pack_set(*arguments, session); });
}

}  // namespace

const Verb data_verb{"data", "lists, checks and packs data sets", declare};

}  // namespace dsqbench
