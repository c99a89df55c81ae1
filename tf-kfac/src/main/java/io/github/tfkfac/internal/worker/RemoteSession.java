package io.github.tfkfac.internal.worker;

import io.github.tfkfac.ClusterException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/**
 * Opens a session on a server.
 *
 * <p>TensorFlow-Java 1.1 has all of it but a public way: the session is made by its C interface,
 * and put into TensorFlow-Java's class through a constructor that is not public. On a module path
 * this needs {@code --add-opens tensorflow/org.tensorflow=ALL-UNNAMED}.
 */
public final class RemoteSession {

  private RemoteSession() {}

  /**
   * Opens it.
   *
   * @param target {@code grpc://host:port}
   */
  public static Session open(Graph graph, String target, ConfigProto config) {
    try (PointerScope scope = new PointerScope()) {
      Field handle = Graph.class.getDeclaredField("nativeHandle");
      handle.setAccessible(true);
      Constructor<Session> constructor =
          Session.class.getDeclaredConstructor(Graph.class, TF_Session.class);
      constructor.setAccessible(true);
      TF_Status status = TF_Status.newStatus();
      scope.attach(status);
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      BytePointer bytes = new BytePointer(config.toByteArray());
      tensorflow.TF_SetConfig(options, bytes, bytes.capacity(), status);
      status.throwExceptionIfNotOK();
      tensorflow.TF_SetTarget(options, target);
      TF_Session session = TF_Session.newSession((TF_Graph) handle.get(graph), options, status);
      status.throwExceptionIfNotOK();
      session.retainReference();
      return constructor.newInstance(graph, session);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ClusterException(
          "expected to open a session on the server %s, found: %s".formatted(target, oneLine(e)),
          e);
    }
  }

  /** What went wrong, on one line. */
  public static String oneLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
  }
}
