// Sweeps from CSV files of people and spreadsheets, and files that are none.
#include "engine/measure/load_points_csv.h"

#include "engine/base/error.h"

#include <doctest/doctest.h>

using namespace inferlab;

namespace {

std::string refusal(const std::string &csv)
{
    try {
        loadPointsFromCsv(csv, "sweep.csv");
    } catch (const InputError &error) {
        return error.what();
    }
    return "";
}

void checkTwoPoints(const std::string &csv)
{
    INFO(csv);
    const std::vector<LoadPoint> points = loadPointsFromCsv(csv, "sweep.csv");
    REQUIRE(points.size() == 2);
    CHECK(points[0].load == 1);
    CHECK(points[0].throughput == 50.5);
    CHECK(points[0].latencyMs == 22);
    CHECK(points[1].load == 2);
    CHECK(points[1].throughput == 98);
    CHECK(points[1].latencyMs == 230);
}

} // namespace

TEST_CASE("columns in any order, among others, in either case, quoted, with any line end")
{
    checkTwoPoints("x,throughput,latency\n1,50.5,22\n2,98,230\n");
    checkTwoPoints("latency,x,throughput\n22,1,50.5\n2.3e2,2,98");
    checkTwoPoints("Latency,note,X,Throughput\r\n22,\"a,\"\"b\"\"\nc\",1,50.5\r\n230,,2,98\r\n");
    checkTwoPoints("\xEF\xBB\xBF\"x\" , throughput ,latency\n\n 1 ,50.5, \"22\" \n\n2,98,230\n\n");
}

TEST_CASE("files that are no sweep are refused with the place")
{
    CHECK(refusal("") == "sweep.csv: expected a header line and points, found nothing");
    CHECK(refusal("\n\n").find("header line") != std::string::npos);
    CHECK(refusal("x,throughput\n1,2\n")
          == "sweep.csv: header: expected the columns x, throughput and latency, found no latency");
    CHECK(refusal("x,x,throughput,latency\n1,1,2,3\n")
          == "sweep.csv: header: expected one column x, found two");
    CHECK(refusal("x,throughput,latency\n")
          == "sweep.csv: expected points below the header, found none");
    CHECK(refusal("x,throughput,latency\n1,2\n") == "sweep.csv: line 2: expected 3 cells, found 2");
    CHECK(refusal("x,throughput,latency\n1,2,3\n1,2,3,4\n")
          == "sweep.csv: line 3: expected 3 cells, found 4");
    CHECK(refusal("x,throughput,latency\n1,fast,3\n")
          == "sweep.csv: line 2, column throughput: expected a number, found \"fast\"");
    CHECK(refusal("x,throughput,latency\n1,,3\n")
          == "sweep.csv: line 2, column throughput: expected a number, found nothing");
    CHECK(refusal("x,throughput,latency\n1,2 ms,3\n").find("2 ms") != std::string::npos);
    CHECK(refusal("x,throughput,latency\n1,2,1e999\n").find("latency") != std::string::npos);
    CHECK(refusal("x,throughput,latency\n1,2,\"3\n").find("closing quote") != std::string::npos);
    CHECK(refusal("x,throughput,latency\n1,2,\"3\"4\n").find("comma") != std::string::npos);
}

TEST_CASE("the line number counts line ends inside quotes")
{
    CHECK(refusal("note,x,throughput,latency\n\"a\nb\",1,2,3\nc,1,2,bad\n")
          == "sweep.csv: line 4, column latency: expected a number, found \"bad\"");
}
