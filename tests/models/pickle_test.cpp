#include "suite/models/pickle.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Kind = PickleValue::Kind;
using namespace std::string_literals;

Pickle parsed(const std::string& bytes) {
    return parse_pickle(bytes, "f", [](std::string_view global) { return global == "collections.OrderedDict"; });
}

std::string pickle_refusal(const std::string& bytes) {
    const Error error = refusal_of([&] { parsed(bytes); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_EQ(error.place(), "f");
    return error.message();
}

// Python: pickle.dumps({"a": [1, -2, 2.5, None, True], "b": (300, 70000, 1 << 40)}, protocol=2)
TEST(Pickle, holds_what_python_wrote) {
    const std::string bytes =
        "\x80\x02}q\x00(X\x01\x00\x00\x00"
        "aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG@\x04\x00\x00\x00\x00\x00\x00N\x88"
        "eX\x01\x00\x00\x00"
        "bq\x03M,\x01Jp\x11\x01\x00\x8a\x06\x00\x00\x00\x00\x00\x01\x87q\x04u."s;
    const Pickle pickle = parsed(bytes);
    ASSERT_EQ(pickle.root->kind, Kind::dict);
    const auto& entries = pickle.root->entries;
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].first->text, "a");
    const auto& list = entries[0].second->items;
    ASSERT_EQ(list.size(), 5u);
    EXPECT_EQ(list[0]->integer, 1);
    EXPECT_EQ(list[1]->integer, -2);
    EXPECT_EQ(list[2]->real, 2.5);
    EXPECT_EQ(list[3]->kind, Kind::none);
    EXPECT_EQ(list[4]->kind, Kind::boolean);
    const auto& tuple = entries[1].second->items;
    EXPECT_EQ(tuple[0]->integer, 300);
    EXPECT_EQ(tuple[1]->integer, 70000);
    EXPECT_EQ(tuple[2]->integer, std::int64_t{1} << 40);
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_NE(pickle_refusal(bytes.substr(0, length)), "") << length;
}

// Python: pickle.dumps({"a": 1}, protocol=4)
TEST(Pickle, may_be_of_protocol_4) {
    const Pickle pickle = parsed(
        "\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01"
        "a\x94K\x01s."s);
    EXPECT_EQ(pickle.root->entries.at(0).second->integer, 1);
}

TEST(Pickle, keeps_a_call_as_what_it_says) {
    const Pickle pickle = parsed(
        "\x80\x02"
        "ccollections\nOrderedDict\n)RK\x01K\x02s."s);
    EXPECT_EQ(pickle.root->kind, Kind::call);
    EXPECT_EQ(pickle.root->items[0]->text, "collections.OrderedDict");
    EXPECT_EQ(pickle.root->entries.size(), 1u);
}

// Python: class X: __reduce__ = lambda self: (os.system, ("touch pwned",))
TEST(Pickle, refuses_every_global_that_is_not_expected) {
    EXPECT_EQ(pickle_refusal("\x80\x02"
                             "cposix\nsystem\nX\x0b\x00\x00\x00touch pwned\x85R."s),
              "asks for 'posix.system', which weights do not need");
    EXPECT_EQ(pickle_refusal("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R."s),
              "asks for 'posix.system', which weights do not need");
    EXPECT_EQ(pickle_refusal("\x80\x02"
                             "ccollections\nOrderedDict.x\n)R."s),
              "asks for 'collections.OrderedDict.x', which weights do not need");
}

TEST(Pickle, refuses_operations_that_plain_data_does_not_need) {
    // INST, OBJ, EXT1, PERSID, STRING, DUP, POP, NEWOBJ_EX, BYTEARRAY8
    for (const char operation : {'i', 'o', '\x82', 'P', 'S', '2', '0', '\x92', '\x96'})
        EXPECT_THAT(pickle_refusal("\x80\x02N"s + operation + "\n\n."s),
                    testing::HasSubstr("plain data does not need"));
    EXPECT_THAT(pickle_refusal("\x80\x05N."s), testing::HasSubstr("is of protocol 5"));
}

TEST(Pickle, refuses_what_takes_values_that_are_not_there) {
    for (const std::string& bytes : {"."s, "N\x85\x85\x86."s, "e."s, "(e."s, "]a."s, "N(t\x81."s, "h\x07."s, "q\x00."s,
                                     "NN."s, "N(."s, "}(NuN."s, "}(K\x01u."s, "]K\x01s."s,
                                     "NK\x01"
                                     "b."s,
                                     "K\x01)R."s})
        EXPECT_NE(pickle_refusal("\x80\x02"s + bytes), "") << bytes;
}

TEST(Pickle, refuses_lengths_beyond_its_end) {
    EXPECT_THAT(pickle_refusal("\x80\x02X\xff\xff\xff\xff"s), testing::HasSubstr("breaks off"));
    EXPECT_THAT(pickle_refusal("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff"s), testing::HasSubstr("breaks off"));
    EXPECT_THAT(pickle_refusal("\x80\x02\x8a\x09" + std::string(9, '\x01') + "."s),
                testing::HasSubstr("more than 64 bits"));
}

TEST(Pickle, refuses_more_than_a_million_values) {
    EXPECT_THAT(pickle_refusal("\x80\x02" + std::string(1'000'001, 'N') + "."),
                testing::HasSubstr("more than a million values"));
    std::string recalled = "\x80\x02Nq\x01"s;
    for (int i = 0; i < 1'000'001; ++i) recalled += "h\x01";
    EXPECT_THAT(pickle_refusal(recalled + "."), testing::HasSubstr("more than a million values"));
}

// Python: a = []; a.append(a)
TEST(Pickle, may_go_round_in_circles) {
    const Pickle pickle = parsed(
        "\x80\x02]q\x00h\x00"
        "a."s);
    EXPECT_EQ(pickle.root->items.at(0), pickle.root);
}

}  // namespace
}  // namespace dsqbench
