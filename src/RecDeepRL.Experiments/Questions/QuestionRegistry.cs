namespace RecDeepRL.Experiments.Questions;

/// <summary>Every question that the program answers, one line each: those of the original project's notebooks, task by task.</summary>
public static class QuestionRegistry
{
    public static IReadOnlyList<Question> All { get; } =
    [
        ScoreQuestions.Clicks,
        HyperparameterQuestion.Question,
        ConvergenceQuestion.Question,
        SlateSizeQuestion.Question,
        EstimateQuestions.FirstTask,
        LargeBatchQuestion.Question,
        SpeedQuestion.Question,
        ScoreQuestions.LinUcb,
        ContrastQuestions.Context,
        ContrastQuestions.ItemFeatures,
        WeightQuestion.Question,
        EstimateQuestions.SecondTask,
        MostRecommendedQuestion.Question,
        ScoreQuestions.ContextModels,
        ScoreQuestions.DriftBandits,
        ReactionQuestion.Question,
        ScoreQuestions.EarlierModels,
        ScoreQuestions.Collaborative,
        ContrastQuestions.PersonalFeatures,
        EmbeddingQuestion.Question,
    ];
}
