// Tables: every line has the header's columns, quoting survives, and missing figures are empty.
#include "engine/measure/record_json.h"

#include "records.h"
#include "rich_record.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace inferlab;
using namespace inferlab::test;

namespace {

using Row = std::map<std::string, std::string>;

// A reader by RFC 4180: lines of cells.
std::vector<std::vector<std::string>> cellsOf(const std::string &csv)
{
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> line;
    std::string cell;
    bool quoted = false;
    for (size_t i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        if (quoted) {
            if (c != '"')
                cell += c;
            else if (i + 1 < csv.size() && csv[i + 1] == '"')
                cell += csv[++i];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\r') {
            line.push_back(std::move(cell));
            cell.clear();
            if (c == '\r') {
                REQUIRE(csv.at(i + 1) == '\n');
                ++i;
                lines.push_back(std::move(line));
                line.clear();
            }
        } else {
            cell += c;
        }
    }
    REQUIRE(line.empty());
    return lines;
}

std::vector<Row> rowsOf(const std::string &csv)
{
    const auto lines = cellsOf(csv);
    REQUIRE_FALSE(lines.empty());
    std::vector<Row> rows;
    for (size_t i = 1; i < lines.size(); ++i) {
        REQUIRE(lines[i].size() == lines[0].size());
        Row row;
        for (size_t k = 0; k < lines[i].size(); ++k)
            row[lines[0][k]] = lines[i][k];
        REQUIRE(row.size() == lines[0].size()); // no column name twice
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace

TEST_CASE("tokens: a line for each, gaps within a request only, origin on every line")
{
    const auto rows = rowsOf(tokensToCsv({richRecord()}));
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].at("run") == "KV cache off, batch 2");
    CHECK(rows[0].at("request") == "10");
    CHECK(rows[0].at("token_index") == "0");
    CHECK(rows[0].at("piece") == "Hi ");
    CHECK(rows[0].at("since_submit_ns") == "999999");
    CHECK(rows[0].at("itl_ms").empty());
    CHECK(rows[1].at("itl_ms") == "1");
    CHECK(rows[1].at("piece") == "\xEF\xBF\xBD"); // half a character
    CHECK(rows[2].at("token_index") == "2");
    CHECK(rows[3].at("request") == "11");
    CHECK(rows[3].at("itl_ms").empty());
    CHECK(rows[0].at("probability") == "0.33333334");
    for (const Row &row : rows) {
        CHECK(row.at("model_hash") == "sha256:b179c9");
        CHECK(row.at("machine") == "AMD \"EPYC\", 2 threads");
        CHECK(row.at("quantisation") == "Q4_1");
        CHECK(row.at("device") == "reference");
        CHECK(row.at("kv_cache") == "false");
        CHECK(row.at("temperature") == "0.7");
        CHECK(row.at("seed") == "18446744073709551615");
        CHECK(row.at("program") == "InferLab 0.1.0");
    }
}

TEST_CASE("tokens: commas, quotes and line ends in a piece stay one cell")
{
    RunRecord run = richRecord();
    run.label = "a,b";
    run.requests[0].tokens[0].piece = "say \"no\",\r\nthen go";
    run.requests[0].tokens[1].piece = "\n";
    const auto rows = rowsOf(tokensToCsv({run}));
    CHECK(rows[0].at("piece") == "say \"no\",\r\nthen go");
    CHECK(rows[1].at("piece") == "\n");
    CHECK(rows[1].at("run") == "a,b");
}

TEST_CASE("tokens: chunks of a remote server are counted, and an unknown id is empty")
{
    RunRecord run;
    run.requests = {chunkedRequest()};
    const auto rows = rowsOf(tokensToCsv({run}));
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].at("tokens") == "0");
    CHECK(rows[1].at("itl_ms").empty());
    CHECK(rows[4].at("tokens") == "2");
    CHECK(rows[4].at("itl_ms") == "80");
    CHECK(rows[5].at("token_index") == "5");
    CHECK(rows[5].at("token_id").empty());
    CHECK(rows[5].at("probability").empty());
}

TEST_CASE("requests: figures of each, empty where there are none")
{
    const auto rows = rowsOf(requestsToCsv({fastAndSlow(), stoppedRecord()}));
    REQUIRE(rows.size() == 5);
    CHECK(rows[0].at("ttft_ms") == "100");
    CHECK(rows[0].at("tpot_ms") == "10");
    CHECK(rows[0].at("e2e_ms") == "200");
    CHECK(rows[0].at("output_tokens") == "11");
    CHECK(rows[1].at("user_tok_per_s") == "20");
    CHECK(rows[2].at("end_reason") == "cancelled");
    CHECK(rows[3].at("message") == "the cache has no free blocks");
    CHECK(rows[3].at("ttft_ms").empty());
    CHECK(rows[4].at("end_reason") == "running");
    CHECK(rows[4].at("queue_ms").empty());
}

TEST_CASE("summary: a line per run, with n beside the percentiles")
{
    RunRecord empty;
    empty.label = "nothing";
    const auto rows = rowsOf(summaryToCsv({fastAndSlow(), empty}));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("itl_n") == "110");
    CHECK(rows[0].at("itl_p50_ms") == "50");
    CHECK(rows[0].at("ttft_n") == "2");
    CHECK(rows[0].at("ttft_p90_ms") == "280");
    CHECK(rows[0].at("duration_s") == "5.3");
    CHECK(rows[0].at("peak_concurrency") == "2");
    CHECK(rows[0].at("output_tok_per_s").rfind("21.132", 0) == 0);
    CHECK(rows[0].at("prefill_tok_per_s").empty());
    CHECK(rows[1].at("run") == "nothing");
    CHECK(rows[1].at("ttft_n") == "0");
    CHECK(rows[1].at("ttft_p50_ms").empty());
    CHECK(rows[1].at("output_tok_per_s").empty());
}

TEST_CASE("no runs give a header alone")
{
    for (const std::string &csv : {tokensToCsv({}), requestsToCsv({}), summaryToCsv({})})
        CHECK(cellsOf(csv).size() == 1);
}
