#include "suite/data/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

constexpr const char* get_again = "get the file again";

class Inflater {
public:
    Inflater(std::string_view bytes, const std::string& place) : place_(place) {
        if (bytes.size() > std::numeric_limits<uInt>::max()) fail("is larger than 4 GiB");
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib never writes there
        stream_.avail_in = static_cast<uInt>(bytes.size());
        if (inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK)
            fail("zlib has no memory");  // + 16: a gzip header, not zlib
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // The next `count` bytes; fewer only at the end of the stream.
    std::string read(std::size_t count) {
        std::string output;
        while (output.size() < count && !ended_) append_to(output, count);
        return output;
    }

    bool has_input_left() const { return stream_.avail_in > 0; }
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data, message, get_again, place_);
    }

private:
    // Doubles the output up to `count`, in steps of 64 KiB to 64 MiB: `count` comes from the file and may be a lie.
    void append_to(std::string& output, std::size_t count) {
        const std::size_t before = output.size();
        const std::size_t step = std::clamp<std::size_t>(before, std::size_t{1} << 16, std::size_t{1} << 26);
        output.resize(std::min(count, before + step));
        stream_.next_out = reinterpret_cast<Bytef*>(output.data() + before);
        stream_.avail_out = static_cast<uInt>(output.size() - before);
        const int status = inflate(&stream_, Z_NO_FLUSH);
        output.erase(output.size() - stream_.avail_out);
        ended_ = status == Z_STREAM_END;
        if (status == Z_BUF_ERROR)
            fail(fmt::format("truncated gzip stream: it ends after {} bytes of content", output.size()));
        if (status != Z_OK && !ended_)
            fail(fmt::format("damaged gzip stream: {}", stream_.msg ? stream_.msg : "zlib refuses it"));
    }

    z_stream stream_{};
    const std::string& place_;
    bool ended_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
    return bytes.substr(0, 2) == "\x1f\x8b";
}

std::string gunzip_start(std::string_view bytes, std::size_t count, const std::string& place) {
    return Inflater(bytes, place).read(count);
}

std::string gunzip_exactly(std::string_view bytes, std::size_t size, const std::string& place) {
    Inflater inflater(bytes, place);
    std::string content = inflater.read(size);
    if (content.size() < size)
        inflater.fail(fmt::format("holds {} bytes where its header states {}", content.size(), size));
    if (!inflater.read(1).empty())
        inflater.fail(fmt::format("holds more than the {} bytes that its header states", size));
    if (inflater.has_input_left()) inflater.fail("bytes follow the end of the gzip stream");
    return content;
}

}  // namespace dsqbench
