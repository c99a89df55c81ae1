package io.github.tfkfac.models.savedmodel;

import static io.github.tfkfac.models.savedmodel.GraphDefs.graph;
import static io.github.tfkfac.models.savedmodel.GraphDefs.input;
import static io.github.tfkfac.models.savedmodel.GraphDefs.node;
import static io.github.tfkfac.models.savedmodel.GraphDefs.untyped;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Models that would do harm. */
class HostileModelsTest {

  private static GraphDef with(NodeDef node) {
    return graph(List.of(input("x"), node, node("Neg", "y", "x", "^" + node.getName())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReadFile",
        "WriteFile",
        "MatchingFiles",
        "WholeFileReaderV2",
        "TFRecordDataset",
        "SaveV2",
        "RestoreV2",
        "MergeV2Checkpoints",
        "CreateSummaryFileWriter",
        "WriteScalarSummary",
        "DebugIdentityV2",
        "PyFunc",
        "EagerPyFunc",
        "RpcCall",
        "RemoteCall",
        "Send",
        "_HostRecv",
        "CollectiveReduceV2"
      })
  void whatReachesOutIsRejected(String operation) {
    assertThatThrownBy(() -> HostOperations.reject(with(untyped(operation, "bad", "x")), "serve"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("signature 'serve': expected operations that only compute, found ")
        .hasMessageContaining(operation + " 'bad'")
        .hasMessageContaining("-D" + HostOperations.ALLOWED + "=true");
  }

  @Test
  void printingIntoAFileIsRejectedAndToTheConsoleIsNot() {
    for (String stream : List.of("file:///tmp/x", "stderr")) {
      NodeDef print =
          untyped("PrintV2", "print", "x").toBuilder()
              .putAttr(
                  "output_stream",
                  AttrValue.newBuilder().setS(ByteString.copyFromUtf8(stream)).build())
              .build();
      if (stream.equals("stderr")) {
        assertThatCode(() -> HostOperations.reject(with(print), "serve"))
            .doesNotThrowAnyException();
      } else {
        assertThatThrownBy(() -> HostOperations.reject(with(print), "serve"))
            .hasMessageContaining("PrintV2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MatMul",
        "ReadVariableOp",
        "LookupTableFindV2",
        "InitializeTableFromTextFileV2",
        "Print",
        "TensorArrayWriteV3",
        "ResourceGather",
        "StatelessRandomUniformV2"
      })
  void whatComputesIsNot(String operation) {
    assertThatCode(() -> HostOperations.reject(with(untyped(operation, "good", "x")), "serve"))
        .doesNotThrowAnyException();
  }

  @Test
  void aTrustedModelIsLoadedAllTheSame() {
    System.setProperty(HostOperations.ALLOWED, "true");
    try {
      assertThatCode(() -> HostOperations.reject(with(untyped("ReadFile", "read", "x")), "serve"))
          .doesNotThrowAnyException();
    } finally {
      System.clearProperty(HostOperations.ALLOWED);
    }
  }

  @Test
  void aGraphThatNeedsItsOwnOutputIsRejected() {
    assertThatThrownBy(
            () ->
                GraphSlice.requireAcyclic(
                    graph(List.of(node("Identity", "a", "b"), node("Identity", "b", "^a")))))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("no operation needs its own output");
    assertThatThrownBy(
            () ->
                GraphSlice.requireAcyclic(
                    graph(
                        List.of(input("x")),
                        GraphDefs.function(
                            "f", List.of("x"), Map.of(), node("Neg", "a", "a:y:0")))))
        .hasMessageContaining("no operation needs its own output");
    assertThatCode(
            () ->
                GraphSlice.requireAcyclic(
                    graph(
                        List.of(
                            input("x"),
                            node("Merge", "loop", "x", "next"),
                            node("NextIteration", "next", "loop")))))
        .as("a loop of TensorFlow 1")
        .doesNotThrowAnyException();
  }

  /** Functions of which each calls the next one so often. */
  private static GraphDef nested(int depth, int calls) {
    List<FunctionDef> functions = new ArrayList<>();
    for (int level = 0; level < depth; level++) {
      NodeDef[] body = new NodeDef[calls];
      for (int call = 0; call < calls; call++) {
        body[call] = untyped("f" + (level + 1), "call" + call);
      }
      functions.add(GraphDefs.function("f" + level, List.of(), Map.of(), body));
    }
    functions.add(GraphDefs.function("f" + depth, List.of(), Map.of(), untyped("NoOp", "end")));
    return graph(List.of(untyped("f0", "start")), functions.toArray(FunctionDef[]::new));
  }

  @Test
  void functionsThatGrowWithoutEndAreRejected() {
    for (GraphDef graph : List.of(nested(40, 2), nested(150, 1))) {
      assertThatThrownBy(() -> FunctionInliner.inline(graph))
          .isInstanceOf(SavedModelException.class)
          .hasMessageContaining("save the model with fewer nested functions");
    }
    assertThatCode(() -> FunctionInliner.inline(nested(60, 1))).doesNotThrowAnyException();
  }
}
