using RecDeepRL.Data.Datasets.Features;
using RecDeepRL.Data.Datasets.Reading;

namespace RecDeepRL.Data.Datasets.Formats;

/// <summary>What the columns of KuaiRec and KuaiRand are; both describe users and videos in nearly the same words.</summary>
internal static class KuaiFeatures
{
    public static FeatureTableBuilder ReadUsers(string path, BadRows bad) => CsvFeatures.Read(path, "user_id", DatasetFolder.UserKey, KindOfUserColumn, bad);

    /// <summary>Columns that change from day to day, such as <c>play_cnt</c>, are left out: they tell what happened later.</summary>
    public static FeatureKind KindOfVideoColumn(string name) => name switch
    {
        "video_type" or "upload_dt" or "upload_type" => FeatureKind.Text,
        "author_id" or "music_id" or "music_type" or "video_tag_id" => FeatureKind.Category,
        "video_duration" or "video_width" or "video_height" or "server_width" or "server_height" => FeatureKind.Quantity,
        "tag" => FeatureKind.Tags,
        _ => FeatureKind.Ignored,
    };

    private static FeatureKind KindOfUserColumn(string name) =>
        name == "user_active_degree" || name.EndsWith("_range", StringComparison.Ordinal) ? FeatureKind.Text
        : name.StartsWith("onehot_feat", StringComparison.Ordinal) || name.StartsWith("is_", StringComparison.Ordinal) ? FeatureKind.Category
        : name is "follow_user_num" or "fans_user_num" or "friend_user_num" or "register_days" ? FeatureKind.Quantity
        : FeatureKind.Ignored;
}
