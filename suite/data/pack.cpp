#include "suite/data/pack.h"

#include <fmt/format.h>

#include <numeric>
#include <optional>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/random.h"
#include "suite/data/tar.h"

namespace dsqbench {

namespace {

class Shards {
public:
    Shards(std::filesystem::path folder, std::uint64_t archive_bytes)
        : folder_(std::move(folder)), archive_bytes_(archive_bytes) {}

    void add(const std::string& name, const std::string& bytes) {
        if (current_ && current_->bytes() >= archive_bytes_) finish();
        if (!current_) current_.emplace(folder_ / fmt::format("{:05}.tar", packed_.archives++));
        current_->add(name, bytes);
        ++packed_.images;
    }
    Packed finish() {
        if (current_) {
            current_->finish();
            packed_.bytes += current_->bytes();
        }
        current_.reset();
        return packed_;
    }

private:
    std::filesystem::path folder_;
    std::uint64_t archive_bytes_;
    std::optional<TarWriter> current_;
    Packed packed_;
};

}  // namespace

Packed pack(const StoredImages& images, const std::filesystem::path& target, const PackOptions& options) {
    if (std::filesystem::exists(target))
        throw Error(ExitCode::failed, "is there already", "remove it, or name another folder", target.string());
    const std::filesystem::path unfinished = target.string() + ".unfinished";
    std::filesystem::remove_all(unfinished);
    create_folders(unfinished);
    std::vector<std::int64_t> order(static_cast<std::size_t>(images.size()));
    std::iota(order.begin(), order.end(), 0);
    Random(derive_seed(0, "pack")).shuffle(order);
    Shards shards(unfinished, options.archive_bytes);
    std::int64_t done = 0;
    for (const std::int64_t index : order) {
        shards.add(images.name(index), images.read(index));
        options.on_progress(static_cast<double>(++done) / static_cast<double>(images.size()));
    }
    const Packed packed = shards.finish();
    std::filesystem::rename(unfinished, target);
    return packed;
}

}  // namespace dsqbench
