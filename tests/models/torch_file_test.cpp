// Files that Debian's PyTorch wrote lie in tests/fuzz/corpus/torch_file; hostile ones are made here.
#include "suite/models/torch_file.h"

#include <gmock/gmock.h>

#include <cstring>

#include "suite/core/file_system.h"
#include "tests/models/zip_bytes.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string corpus_file(const std::string& name) {
    return read_file(std::filesystem::path(DSQBENCH_SOURCE_DIR) / "tests/fuzz/corpus/torch_file" / name);
}

std::vector<float> floats(const StoredTensor& tensor) {
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return values;
}

std::vector<std::string> names_in(const TensorFile& file) {
    std::vector<std::string> found;
    for (const auto& item : file.tensors) found.push_back(item.first);
    return found;
}

std::string torch_file_refusal(const std::string& bytes) {
    const Error error = refusal_of([&] { parse_torch_file(bytes, "w.pt"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_EQ(error.place(), "w.pt");
    return error.message();
}

// One tensor of the dict {"w": ...}, of `storage` bytes, with an offset, sizes and strides in the pickle's words.
std::string torch_archive(const std::string& layout, const std::string& storage = std::string(24, 'x'),
                          const std::string& count = "K\x06") {
    const std::string pickle =
        "\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
        "X\x01\x00\x00\x00"
        "0X\x03\x00\x00\x00"
        "cpu"s +
        count + "tQ" + layout + "\x89Nt" + "Rs.";
    return zip_bytes({{"a/data.pkl", pickle}, {"a/data/0", storage}, {"a/version", "3\n"}});
}

TEST(TorchFile, of_a_state_dict_has_its_names_and_tensors) {
    const TensorFile file = parse_torch_file(corpus_file("state_dict.pt"), "f");
    EXPECT_THAT(names_in(file), testing::ElementsAre("part.count", "part.weight", "scale"));
    EXPECT_EQ(file.tensors.at("part.weight").shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(floats(file.tensors.at("part.weight")), (std::vector<float>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(file.tensors.at("part.count").type, ElementType::i64);
    EXPECT_EQ(file.tensors.at("part.count").bytes, "\x07\0\0\0\0\0\0\0"s);
}

TEST(TorchFile, of_torchscript_has_the_same_scripted_and_traced) {
    const auto expected = parse_torch_file(corpus_file("state_dict.pt"), "f").tensors;
    for (const char* name : {"script.pt", "trace.pt"}) {
        const TensorFile file = parse_torch_file(corpus_file(name), "f");
        EXPECT_THAT(names_in(file), testing::ElementsAre("part.count", "part.weight", "scale"));
        for (const auto& [key, tensor] : expected) EXPECT_EQ(file.tensors.at(key).bytes, tensor.bytes) << name << key;
    }
}

TEST(TorchFile, may_hold_strided_shared_empty_and_half_tensors_and_parameters) {
    const TensorFile file = parse_torch_file(corpus_file("plain.pt"), "f");
    const auto a = floats(file.tensors.at("a"));
    for (int i = 0; i < 24; ++i) EXPECT_EQ(a[static_cast<std::size_t>(i)], static_cast<float>(i)) << "channels last";
    EXPECT_EQ(floats(file.tensors.at("row")), (std::vector<float>{3, 4, 5}));
    EXPECT_EQ(file.tensors.at("empty").shape, (std::vector<std::int64_t>{0, 3}));
    EXPECT_EQ(file.tensors.at("half").type, ElementType::f16);
    EXPECT_EQ(floats(file.tensors.at("p")), (std::vector<float>{1, 1}));
}

TEST(TorchFile, of_more_than_weights_is_refused_by_what_it_holds) {
    EXPECT_THAT(torch_file_refusal(corpus_file("checkpoint.pt")), HasSubstr("'epoch' is no tensor"));
    EXPECT_THAT(torch_file_refusal(corpus_file("tensor.pt")),
                HasSubstr("neither a state_dict nor a TorchScript module"));
    EXPECT_THAT(torch_file_refusal(corpus_file("module.pt")), HasSubstr("asks for 'torch.nn.modules.linear.Linear'"));
    EXPECT_THAT(torch_file_refusal(zip_bytes({{"a/b", "c"}})), HasSubstr("without the data.pkl"));
    EXPECT_THAT(torch_file_refusal(zip_bytes({{"a/data.pkl", "\x80\x02}."}, {"a/byteorder", "big"}})),
                HasSubstr("big-endian"));
}

TEST(TorchFile, truncated_anywhere_or_with_a_flipped_bit_of_data_is_an_error) {
    const std::string whole = corpus_file("state_dict.pt");
    for (std::size_t length = 0; length < whole.size(); length += 7)
        EXPECT_NE(torch_file_refusal(whole.substr(0, length)), "");
    std::string flipped = whole;
    const auto data = flipped.find(std::string("\0\0\x80\x3f\0\0\0\x40", 8));  // 1, 2 of part.weight
    ASSERT_NE(data, std::string::npos);
    flipped[data + 2] ^= 1;
    EXPECT_THAT(torch_file_refusal(flipped), HasSubstr("damaged zip archive"));
}

TEST(TorchFile, tensors_lie_inside_their_storage) {
    EXPECT_NO_THROW(parse_torch_file(torch_archive("K\x00K\x06\x85K\x01\x85"s), "w.pt"));
    EXPECT_NO_THROW(parse_torch_file(torch_archive("K\x05K\x01\x85K\x09\x85"), "w.pt"));
    for (const std::string& layout :
         {"K\x01K\x06\x85K\x01\x85"s, "K\x00K\x02\x85K\x06\x85"s, "K\x00K\x02K\x03\x86K\x04K\x01\x86"s})
        EXPECT_THAT(torch_file_refusal(torch_archive(layout)), HasSubstr("'w' lies outside its storage"));
    for (const std::string& layout :
         {"J\xff\xff\xff\xffK\x01\x85K\x01\x85"s, "K\x00NN"s, "K\x00K\x01\x85K\x01K\x01\x86"s,
          "K\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x85K\x01\x85"s, "K\x00J\xff\xff\xff\xff\x85K\x01\x85"s})
        EXPECT_NE(torch_file_refusal(torch_archive(layout)), "");
    EXPECT_THAT(torch_file_refusal(torch_archive("K\x00K\x06\x85K\x01\x85"s, std::string(23, 'x'))),
                HasSubstr("another size than it says"));
    EXPECT_THAT(torch_file_refusal(torch_archive("K\x00K\x06\x85K\x01\x85"s, std::string(24, 'x'), "K\x05")),
                HasSubstr("another size"));
}

TEST(TorchFile, sizes_beyond_any_memory_are_refused_before_allocation) {
    const std::string huge = "\x8a\x06\x00\x00\x00\x00\x00\x01"s;  // 2^40
    EXPECT_THAT(torch_file_refusal(torch_archive("K\x00"s + huge + "\x85K\x00\x85"s)),
                HasSubstr("far more than the file"));
    EXPECT_THAT(torch_file_refusal(torch_archive("K\x00"s + huge + huge + "\x86K\x00K\x00\x86"s)),
                HasSubstr("larger than any file"));
    EXPECT_THAT(torch_file_refusal(torch_archive("K\x00K\x00"s + huge + huge + "\x87K\x00K\x00K\x00\x87"s)),
                HasSubstr("larger than any file"));
    std::string dimensions = "K\x00("s;
    for (int i = 0; i < 65; ++i) dimensions += "K\x01";
    dimensions += "t(";
    for (int i = 0; i < 65; ++i) dimensions += "K\x01";
    EXPECT_THAT(torch_file_refusal(torch_archive(dimensions + "t")), HasSubstr("sizes that do not fit"));
}

// A module that is its own attribute, and 40 that each hold the next one twice.
TEST(TorchFile, modules_without_end_are_refused) {
    const std::string module = "c__torch__\nM\n)\x81";
    const auto of = [](const std::string& pickle) { return zip_bytes({{"a/data.pkl", "\x80\x02" + pickle + "."}}); };
    EXPECT_THAT(torch_file_refusal(of(module + "q\x01}X\x01\x00\x00\x00mh\x01s"s + "b")),
                HasSubstr("nested without end"));
    std::string chain = module + "}b";
    for (int i = 0; i < 40; ++i)
        chain = module + "}(X\x01\x00\x00\x00m"s + chain + "q\x01X\x01\x00\x00\x00nh\x01u"s + "b";
    EXPECT_THAT(torch_file_refusal(of(chain)), HasSubstr("nested without end"));
}

TEST(TorchFile, compressed_entries_are_refused) {
    EXPECT_THAT(torch_file_refusal(zip_bytes({{"a/data.pkl", std::string(1 << 20, 'N')}}, ZipMethod::deflated)),
                HasSubstr("is compressed"));
}

}  // namespace
}  // namespace dsqbench
