// What papers report: results/published/*.toml. They stand beside our rows and never among them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/report/toml_fields.h"

namespace dsqbench {

struct PublishedNumber {
    std::string key;                   // of the table in its file: "dsq-resnet18-w2a2"
    std::string file;                  // name of the file without ".toml": "dsq_table7"
    std::string paper, arxiv, source;  // source: where in the paper, or who else says so
    std::string method;                // in the paper's words
    std::string contender;             // the label of ours that stands for it, or ""
    std::string dataset, model, layer, hardware;
    std::optional<int> weight_bits, activation_bits;
    std::string metric;            // top1, top5, error: %; latency_ms: ms; alpha, mac_per_widening: none
    std::optional<double> value;   // nullopt: the paper says that it did not converge
    std::optional<double> spread;  // standard deviation over `runs`
    std::optional<int> runs;       // unset where the paper does not say
    std::string confidence;        // read (in the paper), secondary (quoted by another), derived, memory (not checked)
    std::string quoted_from;       // a number that its paper took from another one
    std::string note;
};

// All numbers of one file. Throws Error(data) at file:line:column for what is not known, missing or of a wrong type,
// and for a number that has neither a value nor the outcome "not converged", or has no source.
std::vector<PublishedNumber> read_published(const std::filesystem::path& file);
std::vector<PublishedNumber> parse_published(const std::string& text, const std::string& place);

// Those of all files of `folder`/*.toml, by name of the file; none when there is no such folder.
std::vector<PublishedNumber> published_in(const std::filesystem::path& folder);

std::string format_table(const std::vector<PublishedNumber>& numbers);
std::string format_markdown(const std::vector<PublishedNumber>& numbers);
nlohmann::json to_json(const std::vector<PublishedNumber>& numbers);

}  // namespace dsqbench
