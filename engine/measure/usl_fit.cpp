// The Universal Scalability Law (Gunther): X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)),
// fitted by least squares on X with lambda, sigma and kappa not negative.
#include "engine/measure/usl_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

// For a given sigma and kappa the best lambda is known, so the search runs over these two alone.
struct Shape
{
    double sigma = 0.0;
    double kappa = 0.0;
};

// Which of the two are searched; the others stay 0.
struct Free
{
    bool sigma = false;
    bool kappa = false;
};

struct Candidate
{
    Shape shape;
    double lambda = 0.0;
    double squares = std::numeric_limits<double>::infinity(); // sum of squared residuals
};

double perLambda(double load, Shape shape)
{
    return load / (1.0 + shape.sigma * (load - 1.0) + shape.kappa * load * (load - 1.0));
}

Candidate evaluate(std::span<const LoadPoint> points, Shape shape)
{
    double product = 0.0;
    double square = 0.0;
    for (const LoadPoint &point : points) {
        const double f = perLambda(point.load, shape);
        product += f * point.throughput;
        square += f * f;
    }
    Candidate result {shape, product / square, 0.0};
    for (const LoadPoint &point : points) {
        const double residual = point.throughput - result.lambda * perLambda(point.load, shape);
        result.squares += residual * residual;
    }
    if (!std::isfinite(result.squares))
        result.squares = std::numeric_limits<double>::infinity();
    return result;
}

using Matrix = std::array<std::array<double, 3>, 3>;
using Vector = std::array<double, 3>;

// Cramer's rule; nullopt when (nearly) singular.
std::optional<Vector> solve(const Matrix &m, const Vector &v)
{
    const auto determinant = [](const Matrix &a) {
        return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1])
            - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
            + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
    };
    const double whole = determinant(m);
    if (whole == 0.0 || !std::isfinite(whole))
        return std::nullopt;
    Vector result {};
    for (size_t column = 0; column < 3; ++column) {
        Matrix replaced = m;
        for (size_t row = 0; row < 3; ++row)
            replaced[row][column] = v[row];
        result[column] = determinant(replaced) / whole;
    }
    return result;
}

// Normal equations of one Gauss-Newton step in (log lambda, sigma, kappa). A parameter that is not
// free gets a row of its own that keeps it still.
struct Normal
{
    Matrix matrix {};
    Vector gradient {};
};

Normal normalEquations(std::span<const LoadPoint> points, const Candidate &at, Free free)
{
    Normal normal;
    for (const LoadPoint &point : points) {
        const double f = perLambda(point.load, at.shape);
        const double x = at.lambda * f;
        const double steeper =
            -x * f / point.load; // times (N - 1) and N (N - 1): slopes of sigma, kappa
        const Vector slope {x, free.sigma ? steeper * (point.load - 1.0) : 0.0,
                            free.kappa ? steeper * point.load * (point.load - 1.0) : 0.0};
        for (size_t row = 0; row < 3; ++row) {
            for (size_t column = 0; column < 3; ++column)
                normal.matrix[row][column] += slope[row] * slope[column];
            normal.gradient[row] += slope[row] * (point.throughput - x);
        }
    }
    return normal;
}

std::optional<Shape> dampedStep(const Normal &normal, Shape from, Free free, double damping)
{
    Matrix matrix = normal.matrix;
    for (size_t i = 0; i < 3; ++i)
        matrix[i][i] += matrix[i][i] > 0.0 ? damping * matrix[i][i] : 1.0;
    const std::optional<Vector> step = solve(matrix, normal.gradient);
    if (!step)
        return std::nullopt;
    return Shape {free.sigma ? std::max(0.0, from.sigma + (*step)[1]) : 0.0,
                  free.kappa ? std::max(0.0, from.kappa + (*step)[2]) : 0.0};
}

// Levenberg-Marquardt: less damping after a step that helped, more after one that did not.
Candidate descend(std::span<const LoadPoint> points, Shape start, Free free)
{
    constexpr int kMostSteps = 200;       // a fit takes some ten
    constexpr double kMostDamping = 1e12; // no step of any size helps
    Candidate best = evaluate(points, start);
    double damping = 1e-3;
    for (int i = 0; i < kMostSteps && damping < kMostDamping; ++i) {
        const Normal normal = normalEquations(points, best, free);
        const std::optional<Shape> shape = dampedStep(normal, best.shape, free, damping);
        const Candidate next = shape ? evaluate(points, *shape) : Candidate {};
        if (next.squares < best.squares) {
            best = next;
            damping = std::max(damping / 10.0, 1e-12);
        } else {
            damping *= 10.0;
        }
    }
    return best;
}

// Where N / X is a parabola in N, its coefficients give sigma and kappa: exact on exact data, and a
// start on measured ones.
Shape linearised(std::span<const LoadPoint> points)
{
    Matrix matrix {};
    Vector right {};
    for (const LoadPoint &point : points) {
        const double n = point.load;
        const Vector row {1.0, n - 1.0, n * (n - 1.0)};
        for (size_t i = 0; i < 3; ++i) {
            for (size_t j = 0; j < 3; ++j)
                matrix[i][j] += row[i] * row[j];
            right[i] += row[i] * n / point.throughput;
        }
    }
    const std::optional<Vector> c = solve(matrix, right);
    if (!c || (*c)[0] <= 0.0)
        return {};
    return {std::max(0.0, (*c)[1] / (*c)[0]), std::max(0.0, (*c)[2] / (*c)[0])};
}

} // namespace

std::optional<UslFit> fitUsl(std::span<const LoadPoint> points)
{
    constexpr size_t kParameters = 3;
    if (points.size() < kParameters)
        return std::nullopt;
    const Shape start = linearised(points);
    // With bounds at 0 the best fit lies inside or on one of the borders: each is searched.
    Candidate best = evaluate(points, {});
    for (const Free free : {Free {true, true}, Free {true, false}, Free {false, true}}) {
        const Shape from {free.sigma ? start.sigma : 0.0, free.kappa ? start.kappa : 0.0};
        const Candidate candidate = descend(points, from, free);
        if (candidate.squares < best.squares)
            best = candidate;
    }
    if (!std::isfinite(best.squares))
        return std::nullopt;
    UslFit fit {best.lambda, best.shape.sigma, best.shape.kappa, std::nullopt};
    if (fit.kappa > 0.0 && fit.sigma < 1.0)
        fit.peakLoad = std::sqrt((1.0 - fit.sigma) / fit.kappa);
    return fit;
}

} // namespace inferlab
