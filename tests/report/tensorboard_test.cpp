#include "suite/report/tensorboard.h"

#include <gmock/gmock.h>

#include <boost/crc.hpp>
#include <cstring>

namespace dsqbench {
namespace {

using namespace std::string_literals;

template <class Value>
Value value_at(const std::string& bytes, std::size_t position) {
    Value value;
    std::memcpy(&value, bytes.data() + position, sizeof value);
    return value;
}

std::vector<std::string> records(std::string file) {
    std::vector<std::string> found;
    while (!file.empty()) {
        const auto length = value_at<std::uint64_t>(file, 0);
        found.push_back(file.substr(12, length));
        file.erase(0, 16 + length);
    }
    return found;
}

// 0xE3069283 is the check value of CRC-32C; TFRecord rotates it right by 15 bits and adds 0xA282EAD8.
TEST(Tensorboard, has_the_masked_checksums_of_tfrecord) {
    const std::string file = format_tensorboard({});
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> check;
    check.process_bytes("123456789", 9);
    ASSERT_EQ(check.checksum(), 0xE3069283U);
    const auto masked = [](const std::string& bytes) {
        boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
        crc.process_bytes(bytes.data(), bytes.size());
        const auto sum = static_cast<std::uint32_t>(crc.checksum());
        return static_cast<std::uint32_t>((sum >> 15 | sum << 17) + 0xA282EAD8U);
    };
    const auto length = value_at<std::uint64_t>(file, 0);
    EXPECT_EQ(file.size(), 16 + length);
    EXPECT_EQ(value_at<std::uint32_t>(file, 8), masked(file.substr(0, 8)));
    EXPECT_EQ(value_at<std::uint32_t>(file, 12 + length), masked(file.substr(12, length)));
}

TEST(Tensorboard, begins_with_the_version_and_has_an_event_an_epoch) {
    const auto events = records(format_tensorboard({{{"epoch", 1}, {"top1", 12.5}}, {{"epoch", 300}, {"top1", 50}}}));
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0],
              "\x09\0\0\0\0\0\0\0\0\x10\0\x1a\x0d"
              "brain.Event:2"s);
    EXPECT_EQ(events[1], "\x09\0\0\0\0\0\0\0\0\x10\x01\x2a\x0d\x0a\x0b\x0a\x04top1\x15\0\0\x48\x41"s);
    EXPECT_EQ(events[2], "\x09\0\0\0\0\0\0\0\0\x10\xac\x02\x2a\x0d\x0a\x0b\x0a\x04top1\x15\0\0\x48\x42"s);
}

TEST(Tensorboard, tags_numbers_by_where_they_are_and_leaves_the_rest_out) {
    const nlohmann::json epoch{
        {"epoch", 1},
        {"event", "epoch"},
        {"loss", nullptr},
        {"layers", {{{"layer", "layer1.0.conv1"}, {"weight", {{"alpha", 0.5}, {"flips", nullptr}}}}}}};
    const auto events = records(format_tensorboard({epoch}));
    EXPECT_THAT(events[1], testing::HasSubstr("\x0a\x1blayer1.0.conv1/weight/alpha\x15\0\0\0\x3f"s));
    for (const char* absent : {"event", "loss", "flips", "layers", "epoch"})
        EXPECT_THAT(events[1], testing::Not(testing::HasSubstr(absent)));
}

}  // namespace
}  // namespace dsqbench
