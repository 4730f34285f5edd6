// The Universal Scalability Law: parameters come back from curves made with them.
#include "engine/measure/usl_fit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace inferlab;
using doctest::Approx;

namespace {

std::vector<LoadPoint> curve(double lambda, double sigma, double kappa, double noise = 0.0)
{
    std::mt19937_64 random(4);
    std::normal_distribution<double> draw(0.0, 1.0);
    std::vector<LoadPoint> points;
    for (double n = 1; n <= 256; n *= 2) {
        const double x = lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
        points.push_back({n, x * (1 + noise * draw(random)), 1});
    }
    return points;
}

double squares(const std::vector<LoadPoint> &points, const UslFit &fit)
{
    double sum = 0;
    for (const LoadPoint &p : points) {
        const double n = p.load;
        const double x = fit.lambda * n / (1 + fit.sigma * (n - 1) + fit.kappa * n * (n - 1));
        sum += (p.throughput - x) * (p.throughput - x);
    }
    return sum;
}

} // namespace

TEST_CASE("an exact curve gives its parameters and its peak")
{
    const UslFit fit = fitUsl(curve(50, 0.02, 0.0005)).value();
    CHECK(fit.lambda == Approx(50));
    CHECK(fit.sigma == Approx(0.02));
    CHECK(fit.kappa == Approx(0.0005));
    CHECK(*fit.peakLoad == Approx(44.27).epsilon(1e-4));
}

TEST_CASE("a noisy curve gives them nearly, and no neighbour fits better")
{
    const std::vector<LoadPoint> points = curve(50, 0.02, 0.0005, 0.02);
    const UslFit fit = fitUsl(points).value();
    CHECK(fit.sigma == Approx(0.02).epsilon(0.5));
    CHECK(fit.kappa == Approx(0.0005).epsilon(0.2));
    const double best = squares(points, fit);
    for (const double change : {0.99, 1.01}) {
        CHECK(squares(points, {fit.lambda * change, fit.sigma, fit.kappa}) > best);
        CHECK(squares(points, {fit.lambda, fit.sigma * change, fit.kappa}) > best);
        CHECK(squares(points, {fit.lambda, fit.sigma, fit.kappa * change}) > best);
    }
}

TEST_CASE("without contention or crosstalk the parameters are 0 and there is no peak")
{
    const UslFit linear = fitUsl(curve(50, 0, 0)).value();
    CHECK(linear.lambda == Approx(50));
    CHECK(linear.sigma == Approx(0).epsilon(1e-9));
    CHECK_FALSE((linear.peakLoad.has_value() && *linear.peakLoad < 1e4));

    const UslFit amdahl = fitUsl(curve(50, 0.1, 0)).value();
    CHECK(amdahl.sigma == Approx(0.1));
    CHECK(amdahl.kappa == Approx(0).epsilon(1e-9));
    CHECK_FALSE((amdahl.peakLoad.has_value() && *amdahl.peakLoad < 1e4));
}

TEST_CASE("better than linear scaling does not make a parameter negative")
{
    std::vector<LoadPoint> points;
    for (double n = 1; n <= 64; n *= 2)
        points.push_back({n, 50 * std::pow(n, 1.1), 1});
    const UslFit fit = fitUsl(points).value();
    CHECK(fit.sigma >= 0);
    CHECK(fit.kappa >= 0);
    CHECK(std::isfinite(fit.lambda));
}

TEST_CASE("two points do not determine three parameters; huge values do not break the fit")
{
    CHECK_FALSE(fitUsl(std::vector<LoadPoint> {{1, 50, 1}, {2, 90, 1}}).has_value());
    const auto fit = fitUsl(std::vector<LoadPoint> {{1, 1e300, 1}, {2, 1e301, 1}, {4, 1e302, 1}});
    CHECK_FALSE(fit.has_value());
}
