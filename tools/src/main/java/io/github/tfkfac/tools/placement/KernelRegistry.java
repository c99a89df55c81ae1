package io.github.tfkfac.tools.placement;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.github.tfkfac.internal.graph.NativeLibrary;
import io.github.tfkfac.tools.error.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.KernelList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/** Operations and kernels of a native library of TensorFlow. */
public final class KernelRegistry {
  private static final String ANY_DEVICE = "DEFAULT";

  private final Map<String, List<KernelDef>> kernels = new HashMap<>();
  private final Map<String, OpDef> operations = new HashMap<>();

  KernelRegistry(KernelList kernels, OpList operations) {
    for (KernelDef kernel : kernels.getKernelList()) {
      this.kernels.computeIfAbsent(kernel.getOp(), op -> new ArrayList<>()).add(kernel);
    }
    operations.getOpList().forEach(one -> this.operations.put(one.getName(), one));
  }

  /**
   * Those of the library that this process loaded; no GPU is needed.
   *
   * @throws UserError if it is not the GPU native
   */
  public static KernelRegistry ofGpuNative() {
    if (!NativeLibrary.isForGpus()) {
      throw new UserError(
          "expected TensorFlow's GPU native, whose kernels decide where operations go, found the"
              + " CPU one; run KFAC_NATIVE=gpu ./kfac doctor --placement (Linux x86-64, a build"
              + " with -Pgpu, 526 MB once; no GPU is needed)");
    }
    return ofLoadedNative();
  }

  private static KernelRegistry ofLoadedNative() {
    try (TF_Status status = TF_Status.newStatus()) {
      TF_Buffer kernels = tensorflow.TF_GetAllRegisteredKernels(status);
      status.throwExceptionIfNotOK();
      return new KernelRegistry(parsed(kernels, KernelList.parser()), loadedOperations());
    }
  }

  /** Operations of the library that this process loaded. */
  static OpList loadedOperations() {
    return parsed(tensorflow.TF_GetAllOpList(), OpList.parser());
  }

  private static <M> M parsed(TF_Buffer buffer, Parser<M> parser) {
    byte[] bytes = new byte[Math.toIntExact(buffer.length())];
    try (BytePointer data = new BytePointer(buffer.data())) {
      data.capacity(bytes.length).get(bytes);
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException broken) {
      throw new IllegalStateException("a list of TensorFlow cannot be read", broken);
    } finally {
      tensorflow.TF_DeleteBuffer(buffer);
    }
  }

  /** The definition of a node's operation. */
  OpDef operation(NodeDef node) {
    OpDef operation = operations.get(node.getOp());
    if (operation == null) {
      throw new IllegalArgumentException(
          "operation " + node.getName() + " is of type " + node.getOp() + ", not in this library");
    }
    return operation;
  }

  /** The kernel that a processor runs a node with; one for any device only if it has none. */
  Optional<KernelDef> kernel(NodeDef node, Processor processor) {
    return kernel(node, processor.name()).or(() -> kernel(node, ANY_DEVICE));
  }

  private Optional<KernelDef> kernel(NodeDef node, String device) {
    OpDef operation = operation(node);
    String label = Signature.attribute(node, operation, "_kernel").getS().toStringUtf8();
    return kernels.getOrDefault(node.getOp(), List.of()).stream()
        .filter(kernel -> kernel.getDeviceType().equals(device) && kernel.getLabel().equals(label))
        .filter(
            kernel ->
                kernel.getConstraintList().stream()
                    .allMatch(
                        constraint ->
                            allows(
                                constraint,
                                Signature.attribute(node, operation, constraint.getName()))))
        .findFirst();
  }

  private static boolean allows(KernelDef.AttrConstraint constraint, AttrValue attribute) {
    List<DataType> allowed = constraint.getAllowedValues().getList().getTypeList();
    return attribute.hasList()
        ? allowed.containsAll(attribute.getList().getTypeList())
        : allowed.contains(attribute.getType());
  }
}
