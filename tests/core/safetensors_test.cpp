#include "suite/core/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

std::string with_length(const std::string& header, const std::string& data = {}) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xFF);
    return bytes + header + data;
}

std::string one_tensor(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"x":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

std::string refusal(const std::string& bytes) {
    const Error error = refusal_of([&] { parse_safetensors(bytes, "x.safetensors"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_EQ(error.place(), "x.safetensors");
    return error.message();
}

TensorFile example() {
    TensorFile file;
    const float values[] = {1.5f, -2.0f};
    file.tensors["weight"] = {ElementType::f32, {2, 1}, std::string(reinterpret_cast<const char*>(values), 8)};
    file.tensors["codes"] = {ElementType::u8, {3}, std::string("\x00\xFF\x7F", 3)};
    file.tensors["step"] = {ElementType::i64, {}, std::string(8, '\0')};
    file.tensors["empty"] = {ElementType::f64, {0, 4}, ""};
    file.metadata = {{"format", "pt"}, {"name", "layer \"1\" ä"}};
    return file;
}

void expect_equal(const TensorFile& a, const TensorFile& b) {
    EXPECT_EQ(a.metadata, b.metadata);
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (const auto& [name, tensor] : a.tensors) {
        const StoredTensor& other = b.tensors.at(name);
        EXPECT_EQ(tensor.type, other.type) << name;
        EXPECT_EQ(tensor.shape, other.shape) << name;
        EXPECT_EQ(tensor.bytes, other.bytes) << name;
    }
}

TEST(Safetensors, reads_back_what_it_wrote) {
    const TemporaryFolder folder;
    write_safetensors(folder / "x.safetensors", example());
    expect_equal(read_safetensors(folder / "x.safetensors"), example());
    expect_equal(parse_safetensors(format_safetensors({}), "nothing"), {});
}

TEST(Safetensors, reads_the_layout_of_the_reference_implementation) {
    // What its save() makes of one int8 tensor [[1, -1]] and the metadata {"format": "pt"}.
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"x":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}}     )";
    const TensorFile file = parse_safetensors(with_length(header, "\x01\xFF"), "reference");
    EXPECT_EQ(file.metadata.at("format"), "pt");
    EXPECT_EQ(file.tensors.at("x").type, ElementType::i8);
    EXPECT_THAT(file.tensors.at("x").shape, testing::ElementsAre(1, 2));
    EXPECT_EQ(file.tensors.at("x").bytes, "\x01\xFF");
}

TEST(Safetensors, aligns_the_data_to_eight_bytes) {
    const std::string bytes = format_safetensors(example());
    EXPECT_EQ(static_cast<unsigned char>(bytes[0]) % 8, 0);
}

TEST(Safetensors, knows_the_size_and_name_of_every_type) {
    const std::vector<std::pair<ElementType, std::pair<std::string_view, std::size_t>>> types{
        {ElementType::u8, {"U8", 1}},   {ElementType::i8, {"I8", 1}},        {ElementType::i16, {"I16", 2}},
        {ElementType::i32, {"I32", 4}}, {ElementType::i64, {"I64", 8}},      {ElementType::f16, {"F16", 2}},
        {ElementType::f32, {"F32", 4}}, {ElementType::boolean, {"BOOL", 1}}, {ElementType::bf16, {"BF16", 2}},
        {ElementType::f64, {"F64", 8}}};
    for (const auto& [type, facts] : types) {
        EXPECT_EQ(name_of(type), facts.first);
        EXPECT_EQ(size_of(type), facts.second);
    }
}

TEST(Safetensors, counts_elements) {
    EXPECT_EQ(StoredTensor{}.element_count(), 1);
    EXPECT_EQ((StoredTensor{ElementType::f32, {2, 3}, {}}).element_count(), 6);
    EXPECT_EQ((StoredTensor{ElementType::f32, {2, 0}, {}}).element_count(), 0);
}

TEST(Safetensors, refuses_every_truncation_of_a_file) {
    const std::string bytes = format_safetensors(example());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_NE(refusal(bytes.substr(0, size)), "") << size << " bytes";
    EXPECT_NE(refusal(bytes + '\0'), "");
}

TEST(Safetensors, refuses_a_header_that_is_not_one) {
    EXPECT_THAT(refusal(std::string(8, '\xFF')), testing::HasSubstr("header is longer than the file"));
    for (const std::string header : {"", "[]", "{", "null", "{\"a\":1}", "{\"\xFF\":{}}", "{} {}"})
        EXPECT_NE(refusal(with_length(header)), "") << header;
    EXPECT_NE(refusal(with_length(std::string(1'000'000, '['))), "");
}

TEST(Safetensors, refuses_a_wrong_entry) {
    EXPECT_THAT(refusal(with_length(one_tensor("F31", "[1]", "[0,4]"), "abcd")), testing::HasSubstr("dtype 'F31'"));
    for (const std::string shape : {"[-1]", "[1.0]", "[\"1\"]", "1", "{}", "[[1]]", "[2]", "[0]", "[null]"})
        EXPECT_NE(refusal(with_length(one_tensor("I32", shape, "[0,4]"), "abcd")), "") << shape;
    for (const std::string offsets : {"[0,5]", "[4,0]", "[-4,0]", "[0]", "[0,2,4]", "[0.0,4.0]", "4", "[1,4]"})
        EXPECT_NE(refusal(with_length(one_tensor("I32", "[1]", offsets), "abcd")), "") << offsets;
}

TEST(Safetensors, refuses_shapes_whose_product_overflows) {
    for (const std::string shape : {"[18446744073709551615]", "[4294967296,4294967296]", "[0,9223372036854775808]",
                                    "[9223372036854775807,2,0]", "[0,281474976710656,65536]"})
        EXPECT_THAT(refusal(with_length(one_tensor("U8", shape, "[0,0]"))), testing::HasSubstr("larger than any file"))
            << shape;
}

TEST(Safetensors, refuses_tensors_that_overlap_or_leave_gaps) {
    const auto two = [](const std::string& second) {
        return with_length(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],)"
                           R"("data_offsets":)" +
                               second + "}}",
                           "abcde");
    };
    EXPECT_THAT(refusal(two("[0,2]")), testing::HasSubstr("overlaps"));
    EXPECT_THAT(refusal(two("[1,3]")), testing::HasSubstr("overlaps"));
    EXPECT_THAT(refusal(two("[3,5]")), testing::HasSubstr("gap"));
    EXPECT_THAT(refusal(two("[2,4]")), testing::HasSubstr("left over"));
}

TEST(Safetensors, refuses_metadata_that_is_not_text) {
    EXPECT_THAT(refusal(with_length(R"({"__metadata__":{"a":1}})")), testing::HasSubstr("'a' is not a string"));
    EXPECT_THAT(refusal(with_length(R"({"__metadata__":[]})")), testing::HasSubstr("not an object"));
}

}  // namespace
}  // namespace dsqbench
