// The leaderboard as Markdown, CSV and JSON.
#include <fmt/format.h>

#include "suite/core/text.h"
#include "suite/report/difference_json.h"
#include "suite/report/kernel_table.h"
#include "suite/report/leaderboard.h"
#include "suite/report/markup.h"
#include "suite/report/network_table.h"
#include "suite/report/number_text.h"
#include "suite/report/text_table.h"
#include "suite/report/throughput.h"

namespace dsqbench {

namespace {

std::string rank_text(const BoardLine& line) {
    return line.rank == 0 ? undefined_text : std::to_string(line.rank);
}

std::optional<double> only_speed(const BoardLine& line) {
    return line.images_per_second.size() == 1 ? std::optional(line.images_per_second.begin()->second) : std::nullopt;
}

std::string published_text(const BoardLine& line) {
    std::vector<std::string> texts;
    for (const auto& number : line.published)
        if (number.value) texts.push_back(fmt::format("{} ({}, {})", *number.value, number.file, number.confidence));
    return texts.empty() ? undefined_text : join(texts, "; ");
}

std::string top1_text(const BoardLine& line) {
    const auto& contender = line.contender;
    if (!contender.top1_mean) return contender.not_converged > 0 ? "not converged" : undefined_text;
    return fmt::format("{:.2f} ({})", *contender.top1_mean, contender.converged);
}

std::string cell(std::optional<double> value) {
    return value ? fmt::format("{}", *value) : std::string();
}

std::optional<double> error_of(std::optional<double> accuracy) {
    return accuracy ? std::optional(100 - *accuracy) : std::nullopt;
}

nlohmann::json to_json(const BoardLine& line) {
    nlohmann::json ids = nlohmann::json::array(), commits = nlohmann::json::array();
    for (const Row& row : line.runs) {
        ids.push_back(text_of(row, "row_id"));
        commits.push_back(text_of(row, "commit"));
    }
    const auto& contender = line.contender;
    return {{"rank", line.rank == 0 ? nlohmann::json() : nlohmann::json(line.rank)},
            {"recipe", line.recipe},
            {"protocol_id", line.protocol_id},
            {"dataset", line.dataset},
            {"model", line.model},
            {"model_width", line.model_width},
            {"epochs", line.epochs},
            {"contender", contender.label},
            {"weight_quantizer", contender.weight_quantizer},
            {"activation_quantizer", contender.activation_quantizer},
            {"bits", contender.bits},
            {"seeds", contender.seeds},
            {"top1", or_null(contender.top1_mean)},
            {"top5", or_null(line.top5_mean)},
            {"loss", or_null(line.loss_mean)},
            {"seed_spread", or_null(contender.top1_sd)},
            {"test_set_error", or_null(line.test_set_error)},
            {"test_images", line.test_images},
            {"to_fp32", or_null(contender.to_fp32)},
            {"to_ste", or_null(contender.to_ste)},
            {"train_samples_per_sec", or_null(only_speed(line))},
            {"train_samples_per_sec_by_machine", line.images_per_second},
            {"converged", contender.converged},
            {"not_converged", contender.not_converged},
            {"machines", line.machines},
            {"row_ids", ids},
            {"commits", commits},
            {"command", line.command},
            {"published", to_json(line.published)}};
}

nlohmann::json to_json(const TrendPoint& point) {
    const auto mean = [](double sum, std::size_t count) {
        return count > 0 ? nlohmann::json(sum / static_cast<double>(count)) : nlohmann::json();
    };
    return {{"recipe", point.recipe},   {"protocol_id", point.protocol_id},
            {"contender", point.label}, {"machine", point.machine},
            {"day", point.day},         {"top1", mean(point.top1_sum, point.top1_count)},
            {"runs", point.top1_count}, {"images_per_second", mean(point.speed_sum, point.speed_count)}};
}

nlohmann::json to_json(const LatencyPoint& point) {
    return {{"machine", point.machine}, {"network", point.network}, {"setting", point.setting},
            {"subject", point.subject}, {"day", point.day},         {"median_ns", point.nanoseconds}};
}

std::string table_of(const Leaderboard& board) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("rank", right).add_column("recipe").add_column("data set").add_column("network");
    table.add_column("contender").add_column("W/A bits", right).add_column("top-1 % (seeds)", right);
    table.add_column("seed spread", right).add_column("test-set error", right).add_column("Δ FP32").add_column("Δ STE");
    table.add_column("images/s", right).add_column("machine").add_column("published");
    for (const auto& line : board.lines) {
        const auto& contender = line.contender;
        table.add_row({rank_text(line), line.recipe, line.dataset, fmt::format("{} ({})", line.model, line.model_width),
                       contender.label, contender.bits, top1_text(line), number_text(contender.top1_sd, 2),
                       number_text(line.test_set_error, 2),
                       contender.to_fp32 ? difference_text(*contender.to_fp32, 2) : undefined_text,
                       contender.to_ste ? difference_text(*contender.to_ste, 2) : undefined_text,
                       speeds_text(line.images_per_second), join(line.machines, ", "), published_text(line)});
    }
    return table.markdown();
}

std::string kernels_of(const Leaderboard& board) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("network").add_column("layer").add_column("kernel").add_column("W/A bits", right);
    table.add_column("threads", right)
        .add_column("method")
        .add_column("median ms", right)
        .add_column("spread %", right);
    table.add_column("machine");
    for (const Row& row : board.kernels) {
        const auto nanoseconds = real_of(row, "median_ns");
        table.add_row({text_of(row, "network"), text_of(row, "layer"), text_of(row, "variant"), bits_text(row),
                       std::to_string(row.value("threads", 1)), text_of(row, "method"),
                       number_text(nanoseconds ? std::optional(*nanoseconds / 1e6) : std::nullopt, 3),
                       number_text(real_of(row, "spread"), 1), text_of(row, "machine")});
    }
    return table.markdown();
}

std::string refused_note(const Leaderboard& board) {
    if (board.refused.empty()) return {};
    std::string text = "\nLeft out, as their rows contradict each other:\n\n";
    for (const auto& reason : board.refused) text += "- " + reason + "\n";
    return text;
}

}  // namespace

std::string leaderboard_markdown(const Leaderboard& board) {
    std::string text = fmt::format(
        "# Leaderboard\n\n{} rows, {} left out as unpublishable; newest of {}.\n\n"
        "Top-1 after the last epoch, mean over seeds, of rows of one protocol. Seed spread: standard deviation over "
        "seeds. "
        "Test-set error: standard error from the number of test images. Δ: points, paired by seed [95 % interval]. "
        "Contenders whose difference interval holds 0 share a rank.\n\n",
        board.rows, board.unpublishable, board.newest.empty() ? "never" : board.newest);
    text += board.lines.empty() ? "No rows yet.\n" : table_of(board);
    text += refused_note(board);
    if (!board.networks.empty()) text += "\n## Networks\n\n" + network_table(board.networks).markdown();
    if (!board.kernels.empty()) text += "\n## Kernels\n\n" + kernels_of(board);
    if (!board.throughputs.empty()) text += "\n## Throughput\n\n" + throughput_table(board.throughputs).markdown();
    if (!board.claims.empty()) {
        TextTable table;
        table.add_column("claim").add_column("verdict").add_column("what is claimed").add_column("because");
        for (const auto& [claim, verdict] : board.claims)
            table.add_row({claim.name, name_of(verdict.kind), claim.sentence, verdict.reason});
        text += "\n## Claims\n\n" + table.markdown();
    }
    for (const auto& card : board.cards) text += "\n## Attribution\n\n" + format_markdown(card);
    return text;
}

std::string leaderboard_csv(const Leaderboard& board) {
    std::string text =
        "model,contender,weight_quantizer,activation_quantizer,weight_bits,activation_bits,dataset,top1,top1_err,top5,"
        "top5_err,seed_spread,test_set_error,seeds,not_converged,rank,train_samples_per_sec,model_width,epochs,recipe,"
        "protocol_id,machine,command\n";
    for (const auto& line : board.lines) {
        const auto& contender = line.contender;
        const auto bits = split(contender.bits, '/');
        const std::vector<std::string> cells{line.model,
                                             contender.label,
                                             contender.weight_quantizer,
                                             contender.activation_quantizer,
                                             bits.front(),
                                             bits.back(),
                                             line.dataset,
                                             cell(contender.top1_mean),
                                             cell(error_of(contender.top1_mean)),
                                             cell(line.top5_mean),
                                             cell(error_of(line.top5_mean)),
                                             cell(contender.top1_sd),
                                             cell(line.test_set_error),
                                             std::to_string(contender.converged),
                                             std::to_string(contender.not_converged),
                                             line.rank == 0 ? "" : std::to_string(line.rank),
                                             cell(only_speed(line)),
                                             std::to_string(line.model_width),
                                             std::to_string(line.epochs),
                                             line.recipe,
                                             line.protocol_id,
                                             join(line.machines, " "),
                                             line.command};
        std::vector<std::string> escaped;
        for (const auto& each : cells) escaped.push_back(csv_cell(each));
        text += join(escaped, ",") + "\n";
    }
    return text;
}

nlohmann::json leaderboard_json(const Leaderboard& board, const std::vector<BoardPlots>& board_plots) {
    nlohmann::json lines = nlohmann::json::array(), trend = nlohmann::json::array(), cards = nlohmann::json::array(),
                   latency_trend = nlohmann::json::array(), plots = nlohmann::json::object();
    for (const auto& line : board.lines) lines.push_back(to_json(line));
    for (const auto& point : board.trend) trend.push_back(to_json(point));
    for (const auto& card : board.cards) cards.push_back(to_json(card));
    for (const auto& point : board.latency_trend) latency_trend.push_back(to_json(point));
    for (const auto& kind : board_plots)
        for (const auto& [name, plot] : kind.plots) plots[name] = to_json(plot);
    return {{"rows", board.rows},
            {"unpublishable", board.unpublishable},
            {"newest", board.newest},
            {"contenders", std::move(lines)},
            {"refused", board.refused},
            {"networks", board.networks},
            {"kernels", board.kernels},
            {"throughputs", board.throughputs},
            {"trend", std::move(trend)},
            {"latency_trend", std::move(latency_trend)},
            {"claims", to_json(board.claims)},
            {"attribution", std::move(cards)},
            {"published", to_json(board.published)},
            {"plots", std::move(plots)}};
}

}  // namespace dsqbench
