package io.github.tfkfac.models.savedmodel;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Rejects operations by which a graph, when it is run, reads or writes files, reaches other
 * machines or runs code other than TensorFlow's.
 *
 * <p>A model that is trusted is loaded all the same if the system property {@link #ALLOWED} is
 * {@code true}.
 */
final class HostOperations {

  /** The system property by which a user says that models are trusted. */
  static final String ALLOWED = "io.github.tfkfac.allowHostOperations";

  private static final Pattern HOST =
      Pattern.compile(
          "ReadFile|WriteFile|MatchingFiles|FileSystemSetConfiguration"
              + "|(WholeFile|TextLine|FixedLengthRecord|TFRecord|LMDB)Reader(V2)?"
              + "|(Experimental)?(TextLine|TFRecord|FixedLengthRecord|LMDB|Sql|MatchingFiles|CSV)"
              + "Dataset(V\\d)?|(Experimental)?DatasetToTFRecord"
              + "|(Save|Load|Snapshot|DataService|Cache).*Dataset(V\\d)?|DistributedSave"
              + "|Save(V2|Slices)?|Restore(V2|Slice)?|MergeV2Checkpoints|LoadAndRemapMatrix"
              + "|(Create|Flush|Close|Import)?Summary(File|Db)?Writer|ImportEvent|Write.*Summary"
              + "|Debug(Identity|NanCount|NumericSummary)(V\\d)?"
              + "|(Eager)?PyFunc(Stateless)?|Rpc.*|RemoteCall|_?(Host)?(Send|Recv)|Collective.*");

  private HostOperations() {}

  /**
   * Rejects a graph with such an operation, of its own or in a function that it needs.
   *
   * @param signature for the message
   * @throws SavedModelException naming the first one
   */
  static void reject(GraphDef graph, String signature) {
    if (Boolean.getBoolean(ALLOWED)) {
      return;
    }
    Optional<NodeDef> found =
        Stream.concat(
                graph.getNodeList().stream(),
                FunctionLibrary.pruned(graph).getLibrary().getFunctionList().stream()
                    .flatMap(function -> function.getNodeDefList().stream()))
            .filter(HostOperations::reachesOut)
            .findFirst();
    if (found.isPresent()) {
      throw SavedModelException.of(
          "signature '" + signature + "'",
          "operations that only compute",
          OutputPorts.describe(found.get())
              + ", which uses files, other machines or other code when the model is run",
          "do not run it unless you trust its origin; if you do, set the system property "
              + ALLOWED
              + "=true (KFAC_JAVA_OPTS=-D"
              + ALLOWED
              + "=true for the program)");
    }
  }

  private static boolean reachesOut(NodeDef node) {
    String stream =
        node.getAttrOrDefault("output_stream", AttrValue.getDefaultInstance())
            .getS()
            .toStringUtf8();
    return HOST.matcher(node.getOp()).matches() || stream.startsWith("file:");
  }
}
