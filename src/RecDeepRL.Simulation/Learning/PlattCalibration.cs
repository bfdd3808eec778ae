namespace RecDeepRL.Simulation.Learning;

/// <summary>A logistic curve of the score: 1 / (1 + exp(A·score + B)), A ≤ 0. Platt 1999, with his smoothed targets.</summary>
/// <remarks>Fitted by Newton's method with halved steps, and in the form that neither overflows nor cancels: Lin, Lin and Weng 2007, algorithm 1.
/// Deviates: where higher scores go with fewer positives the curve is flat (A = 0), so that calibration never reverses an order.</remarks>
internal sealed class PlattCalibration(double slope, double intercept) : ICalibration
{
    private const int MostIterations = 100;
    private const double Ridge = 1e-12;
    private const double LeastStep = 1e-10;
    private const double LeastDescent = 1e-14;

    /// <summary>The plain logistic function, for scores that are log-odds.</summary>
    public static PlattCalibration Logistic { get; } = new(-1, 0);

    /// <summary>A.</summary>
    public double Slope { get; } = slope;

    /// <summary>B.</summary>
    public double Intercept { get; } = intercept;

    public double Probability(double score)
    {
        var exponent = (Slope * score) + Intercept;
        return exponent >= 0 ? Math.Exp(-exponent) / (1 + Math.Exp(-exponent)) : 1 / (1 + Math.Exp(exponent));
    }

    /// <param name="scores">[n], finite; n at least 1.</param>
    public static PlattCalibration Fit(double[] scores, bool[] positives)
    {
        var positiveCount = positives.Count(positive => positive);
        var negativeCount = positives.Length - positiveCount;
        // Targets that would be right if one positive and one negative more had come: they keep the curve from becoming a step.
        var (high, low) = ((positiveCount + 1.0) / (positiveCount + 2), 1.0 / (negativeCount + 2));
        var flat = new PlattCalibration(0, Math.Log((negativeCount + 1.0) / (positiveCount + 1.0)));
        var (curve, loss) = (flat, flat.Loss(scores, positives, high, low));
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var (slopeStep, interceptStep, descent) = curve.NewtonStep(scores, positives, high, low);
            var size = 1.0;
            while (size >= LeastStep && -descent > LeastDescent * loss)
            {
                var candidate = new PlattCalibration(curve.Slope + (size * slopeStep), curve.Intercept + (size * interceptStep));
                var candidateLoss = candidate.Loss(scores, positives, high, low);
                if (candidateLoss < loss + (1e-4 * size * descent))
                {
                    (curve, loss) = (candidate, candidateLoss);
                    break;
                }
                size /= 2;
            }
            if (size < LeastStep || -descent <= LeastDescent * loss)
                break;
        }
        return curve.Slope <= 0 ? curve : flat;
    }

    /// <summary>The step to the minimum of the quadratic that touches the loss, and the slope of the loss along it, at most 0.</summary>
    private (double Slope, double Intercept, double Descent) NewtonStep(double[] scores, bool[] positives, double high, double low)
    {
        var (g1, g2, h11, h12, h22) = (0.0, 0.0, Ridge, 0.0, Ridge);
        for (var index = 0; index < scores.Length; index++)
        {
            var probability = Probability(scores[index]);
            var weight = probability * (1 - probability);
            var gap = (positives[index] ? high : low) - probability;
            g1 += scores[index] * gap;
            g2 += gap;
            h11 += scores[index] * scores[index] * weight;
            h12 += scores[index] * weight;
            h22 += weight;
        }
        var determinant = (h11 * h22) - (h12 * h12);
        var (slope, intercept) = (-((h22 * g1) - (h12 * g2)) / determinant, -((h11 * g2) - (h12 * g1)) / determinant);
        return (slope, intercept, (g1 * slope) + (g2 * intercept));
    }

    /// <summary>Cross-entropy between the smoothed targets and the curve.</summary>
    private double Loss(double[] scores, bool[] positives, double high, double low)
    {
        var loss = 0.0;
        for (var index = 0; index < scores.Length; index++)
        {
            var target = positives[index] ? high : low;
            var exponent = (Slope * scores[index]) + Intercept;
            loss += exponent >= 0
                ? (target * exponent) + Math.Log(1 + Math.Exp(-exponent))
                : ((target - 1) * exponent) + Math.Log(1 + Math.Exp(exponent));
        }
        return loss;
    }
}
